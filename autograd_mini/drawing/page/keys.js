// Keys: of the page, and of the graph, which is one stop of the Tab key with arrows inside.

/** Do what a key of the page means. actions: by `key` of the event. Fields, lists and sliders keep
 * their keys, and buttons theirs. */
export function pageKeys(element, target, actions) {
  target.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target !== document.body && !element.contains(event.target)) return;
    if (event.target.closest?.("dialog[open]")) return;
    if (event.target.closest?.("input:not([type=checkbox]), select") && event.key !== "Escape") return;
    if (event.target.closest?.("button, summary, [role=button]") && [" ", "Enter"].includes(event.key)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!Object.hasOwn(actions, key)) return;
    event.preventDefault();
    actions[key]();
  });
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Let arrows go from box to box, of which only the last visited one is a stop of the Tab key. */
export function boxKeys(svg) {
  const boxes = () => [...svg.querySelectorAll("g[tabindex]")].filter((box) => box.getClientRects().length > 0);
  const visit = (box) => {
    for (const each of svg.querySelectorAll('g[tabindex="0"]')) each.setAttribute("tabindex", "-1");
    box.setAttribute("tabindex", "0");
  };
  svg.setAttribute("tabindex", "-1"); // Chromium makes a stop of every SVG that listens for focus
  let clicked = null; // the box that has its focus from a click: there arrows are those of the page
  svg.addEventListener("pointerdown", ({ target }) => (clicked = target.closest("g[tabindex]")));
  svg.addEventListener("focusout", ({ target }) => target === clicked && (clicked = null));
  svg.addEventListener("focusin", ({ target }) => target.matches("g[tabindex]") && visit(target));
  svg.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    const from = event.target.closest("g[tabindex]");
    if (!way || !from || from === clicked || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    nearest(from, boxes(), way)?.focus();
  });
  const [first] = boxes().length > 0 ? boxes() : svg.querySelectorAll("g[tabindex]");
  if (first) visit(first);
}

/** The box that is nearest in a direction; what is aside counts twice. */
function nearest(from, boxes, [right, down]) {
  const centre = (box) => {
    const { left, top, width, height } = box.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [x, y] = centre(from);
  let [best, least] = [null, Infinity];
  for (const box of boxes) {
    const [dx, dy] = centre(box).map((each, axis) => each - [x, y][axis]);
    const along = dx * right + dy * down;
    const aside = Math.abs(dx * down) + Math.abs(dy * right);
    if (along < 1 || box === from) continue;
    if (along + 2 * aside < least) [best, least] = [box, along + 2 * aside];
  }
  return best;
}
