// The dialog that searches the whole catalogue.

import * as api from "./api.js";
import { productAttributes } from "./attributes.js";
import { byId, element, highlighted, plural } from "./dom.js";
import { vocabulary } from "./words.js";

const LIMIT = 20;
const PAUSE_MS = 120; // in typing, before the service is asked

function inWords(products) {
  const similar = products.filter((product) => product.matched_by === "similarity").length;
  const exact = products.length - similar;
  if (!products.length) return "No product was found.";
  if (!similar) return `${plural(exact, "product")} with all words`;
  return `${exact ? `${plural(exact, "product")} with all words` : "None with all words"}, ${similar} that are similar`;
}

/** A search; `chosen(product, {asOneOfSeveral})` is called with what was chosen. */
export class Search {
  #dialog = byId("search");
  #input = byId("search-input");
  #list = byId("search-results");
  #work = null;
  #found = []; // the products for the text `#answered`
  #answered = "";
  #active = -1;
  #timer = 0;
  #asking = null;

  constructor({ chosen }) {
    this.chosen = chosen;
    this.#input.addEventListener("input", () => this.#askSoon());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("click", (event) => this.#onClick(event));
    this.#dialog.addEventListener("close", () => this.#forget());
  }

  open(work) {
    this.#work = work;
    this.#show("", []);
    this.#input.value = "";
    byId("search-query").replaceChildren(work.task.text);
    this.#dialog.showModal();
    this.#input.focus();
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#work = null;
  }

  #askSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const text = this.#input.value.trim();
    if (!text) return this.#show("", []);
    const asking = (this.#asking = new AbortController());
    try {
      const products = await api.searchProducts(text, LIMIT, asking.signal);
      if (!asking.signal.aborted) this.#show(text, products);
    } catch (refusal) {
      if (refusal.name !== "AbortError") this.#say(`Nothing was found: ${refusal.message}`);
    }
  }

  #show(text, products) {
    this.#found = products;
    this.#answered = text;
    const known = vocabulary(this.#work.task.text);
    this.#list.replaceChildren(...products.map((product, row) => this.#option(product, row, known)));
    this.#activate(products.length ? 0 : -1);
    this.#say(text ? inWords(products) : "");
  }

  #option(product, row, known) {
    const title = element("span", "title", ...highlighted(product.title, known, "only-product"));
    const place = this.#work.products.findIndex((one) => one.product_id === product.product_id);
    const notes = place < 0 ? [] : [element("span", "note", `candidate ${place + 1}`)];
    const facts = element("span", "facts", ...notes, element("span", "product-id", product.product_id));
    const attributes = productAttributes(product, this.#work.task.attributes, {
      unfolding: false, // nothing in an option can be operated
    });
    const look = product.matched_by === "similarity" ? "found similar" : "found";
    const option = element("li", look, title, facts, ...(attributes ? [attributes] : []));
    option.id = `found-${row}`;
    option.role = "option";
    return option;
  }

  #activate(row) {
    this.#active = row;
    [...this.#list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === row));
    });
    const active = this.#list.children[row];
    this.#input.setAttribute("aria-expanded", String(this.#found.length > 0));
    if (active) this.#input.setAttribute("aria-activedescendant", active.id);
    else this.#input.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
    this.#compare(this.#found[row]);
  }

  /** Mark in the query what the active product lacks. */
  #compare(product) {
    const known = product ? vocabulary(product.title) : null;
    const text = this.#work.task.text;
    byId("search-query").replaceChildren(...(known ? highlighted(text, known, "only-query") : [text]));
  }

  #say(text) {
    byId("search-status").textContent = text;
  }

  #onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#found.length) {
      const rows = this.#found.length;
      this.#activate((this.#active + step + rows) % rows);
    } else if (event.key === "Enter" && !event.isComposing) {
      this.#choose(this.#active, event.shiftKey);
    } else {
      return;
    }
    event.preventDefault();
  }

  #onClick(event) {
    const option = event.target.closest('[role="option"]');
    if (option) this.#choose([...this.#list.children].indexOf(option), event.shiftKey);
  }

  /** Choose a product; what was typed since the last answer is looked up first. */
  #choose(row, asOneOfSeveral) {
    if (this.#answered !== this.#input.value.trim()) return this.#ask();
    const product = this.#found[row];
    if (!product) return;
    this.#dialog.close();
    this.chosen(product, { asOneOfSeveral });
  }
}
