// How many tasks were answered today, and how many are left.

import * as api from "./api.js";
import { byId } from "./dom.js";

const AGAIN_MS = 2000;

export class Counters {
  #given = 0;
  #left = null; // not known yet
  #changes = 0;

  /** Ask the service; `held` tasks are ours, and left as well. */
  async refresh(held) {
    const before = this.#changes;
    try {
      const { given, left } = await api.summary(startOfDay());
      if (before !== this.#changes) {
        // An answer came in between, and nobody knows whether it is counted.
        setTimeout(() => this.refresh(held), AGAIN_MS);
        return;
      }
      this.#given = given;
      this.#left = left + held();
    } catch {
      return; // the figures stay as they are; whatever is wrong shows elsewhere
    }
    this.#draw();
  }

  /** Count answers given, or with a negative number taken back. */
  count(answers) {
    this.#changes += 1;
    this.#given = Math.max(0, this.#given + answers);
    if (this.#left !== null) this.#left = Math.max(0, this.#left - answers);
    this.#draw();
  }

  #draw() {
    byId("answered").textContent = String(this.#given);
    byId("left-part").hidden = this.#left === null;
    byId("left").textContent = String(this.#left ?? "");
  }
}

function startOfDay() {
  const start = new Date();
  start.setHours(0, 0, 0, 0);
  return start;
}
