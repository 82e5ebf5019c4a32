// Draws a task. All data enter the page as text nodes, never as markup.

import { compare, vocabulary } from "./words.js";

const KEYS = 9;
const byId = (id) => document.getElementById(id);

function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function highlighted(text, known, className) {
  return compare(text, known).map((piece) => {
    if (piece.kind === "same") return document.createTextNode(piece.text);
    return element("mark", `${className} ${piece.kind}`, piece.text);
  });
}

/** What the model says of a candidate: the probability where it has one, else the score. */
function opinionOf(candidate) {
  const judged = candidate.probability !== null;
  const value = judged ? candidate.probability : candidate.score;
  const bar = element("span", "score-bar");
  bar.style.setProperty("--score", Math.max(0, Math.min(1, value)));
  const said = judged ? `probability ${Math.round(100 * value)} %` : value.toFixed(3);
  const opinion = element("span", "score", bar, said);
  opinion.title = judged
    ? "How probable the model finds it that this is the product"
    : "How similar the model finds query and product, 1 at most";
  return opinion;
}

/** Where reviews are blind there is nothing to say. */
function opinionsOf(candidate) {
  return candidate.score === null ? [] : [opinionOf(candidate)];
}

function candidateButton(candidate, place, known) {
  const title = element("span", "title", ...highlighted(candidate.title, known, "only-product"));
  const id = element("span", "product-id", candidate.product_id);
  const key = element("kbd", "", place <= KEYS ? String(place) : "·");
  const facts = element("span", "facts", id, ...opinionsOf(candidate));
  const button = element("button", "candidate", key, title, facts);
  button.type = "button";
  button.dataset.productId = candidate.product_id;
  if (place <= KEYS) button.setAttribute("aria-keyshortcuts", String(place));
  return button;
}

function attributeItem([name, value]) {
  return element("li", "", element("span", "name", name), ` ${value}`);
}

/** Show one of the sections "task", "empty" and "loading". */
export function showSection(shown) {
  for (const id of ["task", "empty", "loading"]) byId(id).hidden = id !== shown;
}

export function showTask(task) {
  const known = vocabulary(task.text);
  const buttons = task.candidates.map((candidate, row) => candidateButton(candidate, row + 1, known));
  byId("candidates").replaceChildren(...buttons.map((button) => element("li", "", button)));
  byId("attributes").replaceChildren(...Object.entries(task.attributes).map(attributeItem));
  const asked = task.times_asked > 1 ? ` · asked ${task.times_asked} times` : "";
  byId("query-facts").textContent = `from ${task.source}${asked}`;
  byId("comment").value = "";
  compareWith(task, 0);
  showSection("task");
  byId("query").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** Mark in the query what the candidate in this row lacks. */
export function compareWith(task, row) {
  const candidate = task.candidates[row];
  const known = vocabulary(candidate ? candidate.title : "");
  byId("query").replaceChildren(...highlighted(task.text, known, "only-query"));
  candidateButtons().forEach((button, place) => {
    button.classList.toggle("compared", place === row);
  });
}

export function candidateButtons() {
  return [...document.querySelectorAll("#candidates button")];
}

export function showAnswered(count) {
  byId("answered").textContent = String(count);
}

/** Say something; a problem stays until the next notice. */
export function notify(message, { problem = false } = {}) {
  byId("notice").textContent = message;
  byId("notice").classList.toggle("problem", problem);
}
