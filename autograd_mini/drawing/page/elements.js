// Elements of the page and of its pictures, made with their attributes and contents.

export const SVG = "http://www.w3.org/2000/svg";

/** An element of SVG. */
export function create(tag, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** An element of HTML. label: its name for screen readers, where its content does not say it. */
export function make(tag, properties = {}, label = "") {
  const element = Object.assign(document.createElement(tag), properties);
  if (label) element.setAttribute("aria-label", label);
  return element;
}

/** Let an element be pressed, by a click and by keys. expanded: null if it does not open. */
export function button(element, expanded, act) {
  element.setAttribute("tabindex", "-1");
  element.setAttribute("role", "button");
  if (expanded !== null) element.setAttribute("aria-expanded", String(expanded));
  element.addEventListener("click", act);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act(event);
  });
}

export const option = (value, text) => make("option", { value: String(value), textContent: text });

export function tableRow(cells) {
  const line = make("tr");
  line.append(...cells.map((textContent) => make("td", { textContent })));
  return line;
}

export const paragraphs = (lines) => lines.map((line) => `<p>${line}</p>`).join("");

/** Write a text where it is not there yet. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** An SVG that was packed as base64 of deflated text. */
export async function inflated(packed) {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const text = await new Response(stream).text();
  const { documentElement } = new DOMParser().parseFromString(text, "image/svg+xml");
  return document.importNode(documentElement, true);
}

/** A PNG of an SVG file, in twice its size for projectors. */
export async function pixels(file, { width, height }) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  await image.decode();
  const canvas = make("canvas", { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve));
}

/** Offer a file to the reader. */
export function offer(file, name) {
  const link = make("a", { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
