// The tasks that this page holds: one on the screen, the next one already claimed behind it.

import * as api from "./api.js";
import * as drafts from "./drafts.js";
import { draftOf, workOf } from "./work.js";

const CLAIMED_AHEAD = 2;
const SETTLE_MS = 150; // a key pressed twice must not answer the task that has just appeared
const GONE = new Set([
  "lease_lost",
  "already_answered",
  "opinion_given",
  "task_closed",
  "review_task_not_found",
]);

/** Whether a refusal says that the task is no longer ours. */
export const isGone = (refusal) => GONE.has(refusal.code);

/**
 * Holds tasks. `show(work)` draws the first one, null when there is none; `empty()` says that the
 * queue has no more; `lost(work, draft)` that the shown one went to somebody else; `problem(text)`
 * what went wrong.
 */
export class Desk {
  #held = [];
  #shown = null;
  #shownAt = 0;
  #topping = null; // the claim under way

  constructor({ leaseSeconds, show, empty, lost, problem }) {
    this.leaseSeconds = leaseSeconds;
    this.tell = { show, empty, lost, problem };
  }

  get shown() {
    return this.#shown;
  }

  /** Whether there is a task, and it has been on the screen long enough to be answered. */
  get settled() {
    return this.#shown !== null && performance.now() - this.#shownAt >= SETTLE_MS;
  }

  get count() {
    return this.#held.length;
  }

  /** Claim until one task is held behind the one on the screen. */
  topUp() {
    this.#topping ??= this.#claimMissing().finally(() => {
      this.#topping = null;
    });
    return this.#topping;
  }

  /** Take the task off the screen and show the next one. */
  takeShown() {
    this.#drop(this.#shown);
    this.refresh();
  }

  putFirst(work) {
    this.#held.unshift(work);
    this.refresh();
  }

  refresh() {
    const work = this.#held[0] ?? null;
    if (work === this.#shown) return;
    this.#shown = work;
    this.#shownAt = performance.now();
    this.tell.show(work);
  }

  async renewAll() {
    await Promise.all([...this.#held].map((work) => this.#renew(work)));
  }

  /** Give everything back, as the page is left. */
  releaseAll() {
    for (const work of this.#held.splice(0)) {
      this.keep(work);
      api.release(work.task, { leaving: true }).catch(() => {});
    }
    this.#shown = null;
  }

  /** Keep what was typed for a task that is ours no more; returns it. */
  keep(work) {
    const draft = draftOf(work);
    if (draft) drafts.keep(work.task.id, draft);
    return draft;
  }

  async #claimMissing() {
    let missing = CLAIMED_AHEAD - this.#held.length;
    while (missing > 0) {
      const tasks = await this.#claim(missing);
      this.#held.push(...tasks.map((task) => workOf(task, drafts.take(task.id))));
      this.refresh();
      if (tasks.length < missing) break;
      missing = CLAIMED_AHEAD - this.#held.length; // answers given meanwhile leave room for more
    }
  }

  async #claim(number) {
    try {
      const tasks = await api.claim(number, this.leaseSeconds);
      if (!tasks.length && !this.#held.length) this.tell.empty();
      return tasks;
    } catch (refusal) {
      this.tell.problem(`No further task could be claimed: ${refusal.message}`);
      return [];
    }
  }

  async #renew(work) {
    try {
      await api.renew(work.task, this.leaseSeconds);
    } catch (refusal) {
      if (!isGone(refusal) || !this.#held.includes(work)) return;
      this.#drop(work);
      const draft = this.keep(work);
      if (work !== this.#shown) return;
      this.tell.lost(work, draft);
      this.refresh();
    }
  }

  #drop(work) {
    const place = this.#held.indexOf(work);
    if (place >= 0) this.#held.splice(place, 1);
  }
}
