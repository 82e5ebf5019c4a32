// Which products are right: one, which is accepted at once, or several, which are chosen first.

import { notify, setting } from "./dom.js";
import { drawChoice, drawProducts } from "./view.js";
import { add, chooseOne, toggle } from "./work.js";

const MAY_BE_SEVERAL = setting("several-products") === "yes";

/** Chooses products of the task on the desk; `accept(productIds)` is called with them. */
export class Choosing {
  #desk;

  constructor({ desk, accept }) {
    this.#desk = desk;
    this.accept = accept;
  }

  get any() {
    return Boolean(this.#desk.shown?.chosen.size);
  }

  /** Accept the product in a row, or choose it where several are being chosen. */
  take(row) {
    const product = this.#at(row);
    if (!product) return;
    if (this.#desk.shown.several) this.choose(row);
    else this.accept([product.product_id]);
  }

  /** Choose the product in a row as one of several, or choose it no more. */
  choose(row) {
    const product = this.#at(row);
    if (!MAY_BE_SEVERAL || !product) return;
    const work = this.#desk.shown;
    toggle(work, product.product_id);
    drawChoice(work);
    const chosen = work.chosen.has(product.product_id);
    notify(`${chosen ? "Chosen" : "Not chosen"}: ${product.title}`);
  }

  acceptChosen() {
    const work = this.#desk.shown;
    if (!this.any) return;
    const ids = work.products.map((product) => product.product_id);
    this.accept(ids.filter((id) => work.chosen.has(id)));
  }

  /** Begin to choose several products, or stop that. */
  several() {
    const work = this.#desk.shown;
    if (!MAY_BE_SEVERAL || !work) return;
    if (work.several) chooseOne(work);
    else work.several = true;
    drawChoice(work);
    notify(work.several ? "Choose all that are right, then press Enter." : "One product is right.");
  }

  /** Accept a product that was found in the catalogue, or choose it as one of several. */
  takeFound(product, { asOneOfSeveral }) {
    const work = this.#desk.shown;
    if (!work) return;
    add(work, product, "catalogue");
    drawProducts(work);
    if (!MAY_BE_SEVERAL || (!asOneOfSeveral && !work.several)) {
      this.accept([product.product_id]);
      return;
    }
    if (!work.chosen.has(product.product_id)) toggle(work, product.product_id);
    drawChoice(work);
    notify(`Chosen: ${product.title}`);
  }

  /** The product in a row, if it can be accepted. */
  #at(row) {
    const product = this.#desk.shown?.products[row];
    return product?.gone ? undefined : product;
  }
}
