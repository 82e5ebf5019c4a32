// Draws a task.

import { productAttributes, queryItems } from "./attributes.js";
import { byId, element, highlighted, plural } from "./dom.js";
import { pictureBox, pictureOf } from "./pictures.js";
import { drawOpinions, namedBy } from "./opinions.js";
import { titlesOf } from "./work.js";
import { vocabulary } from "./words.js";

const KEYS = 9;

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

/** What is to be known of a product beside its title. */
function notesOf(work, product) {
  const notes = [];
  if (product.gone) notes.push("no longer in the catalogue");
  if (product.origin === "catalogue") notes.push("from the catalogue");
  if (work.before?.productIds.includes(product.product_id)) notes.push("your answer before");
  return [...notes, ...namedBy(work.task, product.product_id)];
}

function factsOf(work, product) {
  const notes = notesOf(work, product).map((note) => element("span", "note", note));
  // Where reviews are blind the model has nothing to say.
  const opinions = product.score === null ? [] : [opinionOf(product)];
  return element("span", "facts", ...notes, element("span", "product-id", product.product_id), ...opinions);
}

function productButton(work, product, place, known) {
  const title = element("span", "title", ...highlighted(product.title, known, "only-product"));
  const key = element("kbd", "", place <= KEYS ? String(place) : "·");
  const button = element("button", "candidate", key, title, factsOf(work, product));
  button.type = "button";
  button.disabled = product.gone;
  button.dataset.productId = product.product_id;
  if (place <= KEYS) button.setAttribute("aria-keyshortcuts", String(place));
  return button;
}

function card(work, product, place, known, pictured) {
  const button = productButton(work, product, place, known);
  const attributes = productAttributes(product, work.task.attributes);
  const picture = pictured ? [pictureBox(pictureOf(product.attributes), product.title)] : [];
  return element("li", "card", ...picture, button, ...(attributes ? [attributes] : []));
}

/** Show one of the sections "task", "empty" and "loading". */
export function showSection(shown) {
  for (const id of ["task", "empty", "loading"]) byId(id).hidden = id !== shown;
}

function factsOfTask(work) {
  const { task, before } = work;
  const facts = [`from ${task.source}`];
  if (task.times_asked > 1) facts.push(`asked ${task.times_asked} times`);
  if (before) facts.push(`your answer before: ${inWords(work, before.answer, before.productIds)}`);
  if (work.restored) facts.push("what you had typed is back");
  return facts;
}

export function showWork(work) {
  const { task } = work;
  byId("attributes").replaceChildren(...queryItems(task.attributes));
  const address = pictureOf(task.attributes);
  byId("query-picture").replaceChildren(...(address ? [pictureBox(address, "the query")] : []));
  byId("query-facts").textContent = factsOfTask(work).join(" · ");
  byId("comment").value = work.comment;
  drawOpinions(work);
  drawProducts(work);
  showSection("task");
  byId("query").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

export function drawProducts(work) {
  const known = vocabulary(work.task.text);
  const pictured = work.products.some((product) => pictureOf(product.attributes));
  const cards = work.products.map((product, row) => card(work, product, row + 1, known, pictured));
  byId("candidates").replaceChildren(...cards);
  byId("no-candidates").hidden = cards.length > 0;
  compareWith(work, 0);
  drawChoice(work);
}

/** Show whether several products are being chosen, and which. */
export function drawChoice(work) {
  byId("task").classList.toggle("several", work.several);
  byId("several").setAttribute("aria-pressed", String(work.several));
  byId("accept-chosen").hidden = !work.several;
  byId("accept-chosen").disabled = !work.chosen.size;
  byId("chosen-count").textContent = plural(work.chosen.size, "product");
  for (const button of candidateButtons()) {
    const chosen = work.chosen.has(button.dataset.productId);
    button.closest(".card").classList.toggle("chosen", chosen);
    if (work.several) button.setAttribute("aria-pressed", String(chosen));
    else button.removeAttribute("aria-pressed");
  }
}

/** Mark in the query what the product in this row lacks. */
export function compareWith(work, row) {
  const known = vocabulary(work.products[row]?.title ?? "");
  byId("query").replaceChildren(...highlighted(work.task.text, known, "only-query"));
  candidateButtons().forEach((button, place) => {
    button.closest(".card").classList.toggle("compared", place === row);
  });
}

export function candidateButtons() {
  return [...document.querySelectorAll("#candidates button.candidate")];
}

const SAYINGS = {
  none: () => "none of the candidates",
  unsure: () => "unsure",
  accepted: (work, ids) => titlesOf(work, ids).join("; "),
};

/** An answer in words. */
export const inWords = (work, answer, productIds) => SAYINGS[answer](work, productIds);
