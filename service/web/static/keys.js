// Keys, the same on all keyboard layouts.

/**
 * The name of a pressed key. Digits are those of the row above the letters, also where the layout
 * has them behind the shift key; with shift they are "shift+1" and so on. Letters are as printed on
 * the key, or in the place of Latin ones where the layout has none.
 */
export function keyOf(event) {
  const key = event.key;
  if (key.length !== 1 || key === "/" || key === "?") return key;
  const digit = /^Digit([0-9])$/.exec(event.code);
  if (digit) return event.shiftKey ? `shift+${digit[1]}` : digit[1];
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter && key > "\u007f") return letter[1].toLowerCase();
  return key.toLowerCase();
}

/** Whether a key is meant for somebody else: a shortcut of the browser, or one that is held down. */
export const isForeign = (event) =>
  event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing;

export const isTyping = (target) => target.matches?.("input, textarea, select") ?? false;
