// Which words of two texts differ. "203cm" equals "203 cm" and "1,5" equals "1.5".

const WORD = /[\p{L}\p{N}]+(?:[.,]\p{N}+)*/gu;
const NUMBER_AND_UNIT = /^(\p{N}+(?:[.,]\p{N}+)*)(\p{L}{1,3})$/u;
const HAS_NUMBER = /\p{N}/u;
const HAS_LETTER = /\p{L}/u;
const SHORTEST_COMMON_START = 3; // letters
const LEAST_COMMON_SHARE = 0.4; // of the code

const plain = (word) => word.toLowerCase().replaceAll(",", ".");

function keysOf(word) {
  const parts = NUMBER_AND_UNIT.exec(plain(word));
  return parts ? [parts[1], parts[2]] : [plain(word)];
}

/** The set of what a text says, to compare another text with. */
export function vocabulary(text) {
  return new Set((text.match(WORD) ?? []).flatMap(keysOf));
}

/**
 * The text as pieces {text, kind}. The kind is "same"; "word" or "number" for what the
 * vocabulary lacks; or "alike" for the start that a model code shares with another one.
 */
export function compare(text, known) {
  const pieces = [];
  let end = 0;
  for (const found of text.matchAll(WORD)) {
    if (found.index > end) pieces.push({ text: text.slice(end, found.index), kind: "same" });
    pieces.push(...piecesOf(found[0], known));
    end = found.index + found[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), kind: "same" });
  return pieces;
}

function piecesOf(word, known) {
  if (keysOf(word).every((key) => known.has(key))) return [{ text: word, kind: "same" }];
  if (!HAS_NUMBER.test(word)) return [{ text: word, kind: "word" }];
  const start = HAS_LETTER.test(word) ? commonStart(plain(word), known) : 0;
  return [
    { text: word.slice(0, start), kind: "alike" },
    { text: word.slice(start), kind: "number" },
  ].filter((piece) => piece.text);
}

/** How many first letters a model code shares with the most similar known word; 0 if too few. */
function commonStart(code, known) {
  let longest = 0;
  for (const other of known) {
    let shared = 0;
    while (shared < code.length && code[shared] === other[shared]) shared += 1;
    longest = Math.max(longest, shared);
  }
  return longest >= Math.max(SHORTEST_COMMON_START, LEAST_COMMON_SHARE * code.length) ? longest : 0;
}
