// Attributes of queries and products, with what differs marked.

import { element, highlighted, plural } from "./dom.js";
import { ATTRIBUTE, pictureOf } from "./pictures.js";
import { vocabulary } from "./words.js";

const SHOWN_AT_ONCE = 8;
const LONGEST_VALUE = 160; // characters; the rest is in the tooltip

/** The items of what a query or a product says of itself, without the picture that is shown. */
function entriesOf(attributes) {
  const shown = pictureOf(attributes);
  return Object.entries(attributes).filter(([name]) => !(shown && name === ATTRIBUTE));
}

function item(name, value, other) {
  const text = String(value);
  const short = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
  const known = other === undefined ? null : vocabulary(String(other));
  const pieces = known ? highlighted(short, known, "only-product") : [short];
  const node = element("li", "", element("span", "name", name), " ", ...pieces);
  if (short !== text) node.title = text;
  return node;
}

/** The attributes of a query as list items. */
export function queryItems(attributes) {
  return entriesOf(attributes).map(([name, value]) => item(name, value));
}

/**
 * The attributes of a product, those first that the query has too; null if it has none. Where many
 * are not all shown at once the others can be unfolded, or are left out.
 */
export function productAttributes(product, asked, { unfolding = true } = {}) {
  const entries = entriesOf(product.attributes);
  if (!entries.length) return null;
  const shared = ([name]) => Object.hasOwn(asked, name);
  const ordered = [...entries.filter(shared), ...entries.filter((entry) => !shared(entry))];
  const items = ordered.map((entry) => item(...entry, shared(entry) ? asked[entry[0]] : undefined));
  const list = element("ul", "attributes", ...items.slice(0, SHOWN_AT_ONCE));
  list.setAttribute("aria-label", `Attributes of ${product.title}`);
  const rest = items.slice(SHOWN_AT_ONCE);
  if (!rest.length || !unfolding) return element("div", "of-product", list);
  const summary = element("summary", "", plural(rest.length, "more attribute"));
  const more = element("details", "", summary, element("ul", "attributes", ...rest));
  return element("div", "of-product", list, more);
}
