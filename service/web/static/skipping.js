// The menu of reasons to skip a task.

import { byId } from "./dom.js";
import { isForeign, isTyping, keyOf } from "./keys.js";

/** A menu; `skip(reason)` is called with the chosen reason, null for none. */
export class SkipMenu {
  #dialog = byId("skip-menu");
  #other = byId("skip-other");

  constructor({ skip }) {
    this.skip = skip;
    this.#dialog.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-key]");
      if (button) this.#done(button.dataset.reason || null);
    });
    this.#dialog.addEventListener("keydown", (event) => this.#onKey(event));
    byId("skip-other-form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#other.value.trim()) this.#done(this.#other.value.trim());
    });
  }

  open() {
    this.#other.value = "";
    this.#dialog.showModal();
  }

  #onKey(event) {
    if (isForeign(event) || isTyping(event.target)) return;
    const button = this.#dialog.querySelector(`button[data-key="${CSS.escape(keyOf(event))}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  #done(reason) {
    this.#dialog.close();
    this.skip(reason);
  }
}
