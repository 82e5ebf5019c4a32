// Building the page. All data enter it as text nodes, never as markup.

import { compare } from "./words.js";

export const byId = (id) => document.getElementById(id);

/** What the service says of this page, by name. */
export const setting = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** The text as nodes, with marks on the words that the vocabulary lacks. */
export function highlighted(text, known, className) {
  return compare(text, known).map((piece) => {
    if (piece.kind === "same") return document.createTextNode(piece.text);
    return element("mark", `${className} ${piece.kind}`, piece.text);
  });
}

/** Say something; a problem stays until the next notice. */
export function notify(message, { problem = false } = {}) {
  byId("notice").textContent = message;
  byId("notice").classList.toggle("problem", problem);
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
