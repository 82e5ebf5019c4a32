// A task at work: its products, and what was chosen and typed so far.

/**
 * The work on a claimed task; `kept` is what `draftOf` returned when it was last held.
 *
 * `products` are the candidates, then what opinions name, then what was found in the catalogue.
 * `several` is whether more than one product is being chosen, `before` an answer given earlier,
 * `restored` whether something typed or chosen was kept.
 */
export function workOf(task, kept = null) {
  const work = {
    task,
    products: task.candidates.map((candidate) => candidateOf(candidate, task.products)),
    several: false,
    chosen: new Set(),
    comment: "",
    before: null,
    restored: Boolean(kept?.comment.trim() || kept?.chosen.length),
  };
  for (const product of namedByOpinions(task)) add(work, product, "opinion");
  if (kept) restore(work, kept);
  return work;
}

function candidateOf(candidate, products) {
  const known = products?.find((product) => product.product_id === candidate.product_id);
  const gone = Boolean(products) && !known; // the catalogue has changed since
  return { ...candidate, attributes: known?.attributes ?? {}, gone, origin: "candidate" };
}

function namedByOpinions(task) {
  const named = new Set((task.opinions ?? []).flatMap((opinion) => opinion.product_ids));
  return (task.products ?? []).filter((product) => named.has(product.product_id));
}

function restore(work, kept) {
  for (const product of kept.added) add(work, product, product.origin);
  work.several = kept.several;
  work.comment = kept.comment;
  work.before = kept.before;
  work.chosen = new Set(kept.chosen);
}

/** Add a product unless the work has it. */
export function add(work, product, origin) {
  if (work.products.some((one) => one.product_id === product.product_id)) return;
  work.products.push({ ...product, score: null, probability: null, gone: false, origin });
}

/** Choose a product, or choose it no more; from now on several are chosen. */
export function toggle(work, productId) {
  work.several = true;
  if (!work.chosen.delete(productId)) work.chosen.add(productId);
}

export function chooseOne(work) {
  work.several = false;
  work.chosen.clear();
}

export function titlesOf(work, productIds) {
  const titles = new Map(work.products.map((product) => [product.product_id, product.title]));
  return productIds.map((id) => titles.get(id) ?? id);
}

/** What the work amounts to so far, to go on with it later; null if nothing was done. */
export function draftOf(work) {
  if (!work.comment.trim() && !work.chosen.size && !work.before) return null;
  return {
    comment: work.comment,
    several: work.several,
    chosen: [...work.chosen],
    added: addedTo(work),
    before: work.before,
  };
}

/** The work as it is after an answer, to change that answer. */
export function answeredDraft(work, answer, productIds) {
  const several = productIds.length > 1;
  return {
    comment: work.comment,
    several,
    chosen: several ? productIds : [],
    added: addedTo(work),
    before: { answer, productIds },
  };
}

function addedTo(work) {
  return work.products.filter((product) => product.origin === "catalogue");
}
