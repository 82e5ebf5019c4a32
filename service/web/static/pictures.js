// Pictures of queries and products, from the hosts that the service allows and from no other.

import { element, setting } from "./dom.js";

export const ATTRIBUTE = setting("picture-attribute");
const HOSTS = setting("picture-hosts").split(" ").filter(Boolean);

function allowed(url) {
  return HOSTS.some((host) =>
    host.startsWith("*.")
      ? url.host.endsWith(host.slice(1)) && url.host.length > host.length - 1
      : url.host === host,
  );
}

/** The address of the picture in these attributes, or null if there is none to be shown. */
export function pictureOf(attributes) {
  const given = attributes[ATTRIBUTE];
  if (typeof given !== "string" || !URL.canParse(given)) return null;
  const url = new URL(given);
  const plain = ["https:", "http:"].includes(url.protocol) && !url.username && !url.password;
  return plain && allowed(url) ? url.href : null;
}

/** A box of fixed size with a picture; empty where there is none, or it cannot be loaded. */
export function pictureBox(address, title) {
  const box = element("span", "picture");
  if (!address) return box;
  const picture = element("img", "");
  picture.alt = `Picture of ${title}`;
  picture.referrerPolicy = "no-referrer";
  picture.loading = "lazy";
  picture.decoding = "async";
  picture.addEventListener("error", () => box.replaceChildren("no picture"));
  picture.src = address;
  box.append(picture);
  return box;
}
