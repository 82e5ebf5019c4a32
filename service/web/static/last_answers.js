// The last answers of this sitting, which can be taken back.

import { byId, element } from "./dom.js";

const MOST = 5;

/** A list of answers `{work, answer, productIds, words, saved}`; `undo(given)` takes one back. */
export class LastAnswers {
  #given = [];

  constructor({ undo }) {
    byId("last-answers").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) undo(this.#given[Number(button.dataset.place)]);
    });
  }

  get latest() {
    return this.#given[0];
  }

  add(given) {
    this.#given.unshift(given);
    this.#given.splice(MOST);
    this.#draw();
  }

  remove(given) {
    this.#given = this.#given.filter((one) => one !== given);
    this.#draw();
  }

  #draw() {
    byId("last").hidden = !this.#given.length;
    byId("last-answers").replaceChildren(...this.#given.map(item));
  }
}

function item(given, place) {
  const said = element("span", "said", given.words);
  const query = element("span", "query-text", given.work.task.text);
  const button = element("button", "quiet", ...(place ? [] : [element("kbd", "", "z"), " "]), "Take back");
  button.type = "button";
  button.dataset.place = place;
  button.setAttribute("aria-label", `Take back: ${given.words}, for ${given.work.task.text}`);
  return element("li", "", said, query, button);
}
