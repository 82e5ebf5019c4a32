// Which words of two texts differ. "203cm" equals "203 cm" and "1,5" equals "1.5".

const WORD = /[\p{L}\p{N}]+(?:[.,]\p{N}+)*/gu;
const NUMBER_AND_UNIT = /^(\p{N}+(?:[.,]\p{N}+)*)(\p{L}{1,3})$/u;
const HAS_NUMBER = /\p{N}/u;

function keysOf(word) {
  const plain = word.toLowerCase().replaceAll(",", ".");
  const parts = NUMBER_AND_UNIT.exec(plain);
  return parts ? [parts[1], parts[2]] : [plain];
}

/** The set of what a text says, to compare another text with. */
export function vocabulary(text) {
  return new Set((text.match(WORD) ?? []).flatMap(keysOf));
}

/** The text as pieces {text, differs, number}: words that the vocabulary lacks differ. */
export function compare(text, known) {
  const pieces = [];
  let end = 0;
  for (const found of text.matchAll(WORD)) {
    if (found.index > end) pieces.push({ text: text.slice(end, found.index), differs: false });
    const word = found[0];
    const differs = keysOf(word).some((key) => !known.has(key));
    pieces.push({ text: word, differs, number: HAS_NUMBER.test(word) });
    end = found.index + word.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), differs: false });
  return pieces;
}
