// What others said about a task on which they disagree.

import { byId, element } from "./dom.js";
import { titlesOf } from "./work.js";

const ORDINALS = ["First", "Second", "Third", "Fourth", "Fifth"];
const nameOf = (place) => `${ORDINALS[place] ?? "Another"} opinion`;

/** Which opinions name a product, in words. */
export function namedBy(task, productId) {
  return (task.opinions ?? [])
    .map((opinion, place) => [opinion, nameOf(place).toLowerCase()])
    .filter(([opinion]) => opinion.product_ids.includes(productId))
    .map(([, name]) => name);
}

function saidBy(work, opinion) {
  if (opinion.answer === "none") return "none of the candidates";
  if (opinion.answer === "unsure") return "unsure";
  return titlesOf(work, opinion.product_ids).join("; ");
}

function item(work, opinion, place) {
  const who = opinion.person ? `${nameOf(place)} (${opinion.person})` : nameOf(place);
  const said = element("span", "said", saidBy(work, opinion));
  const comment = opinion.comment ? [element("q", "", opinion.comment)] : [];
  return element("li", "", element("span", "who", who), said, ...comment);
}

export function drawOpinions(work) {
  const opinions = work.task.opinions ?? [];
  byId("opinions").hidden = !opinions.length;
  byId("opinion-list").replaceChildren(
    ...opinions.map((opinion, place) => item(work, opinion, place)),
  );
}
