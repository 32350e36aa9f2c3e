// The frame around the picture: zoomed by buttons, keys and the wheel, moved by dragging.

import { LIMITS } from "./limits.js";

const LEGIBLE = 10.05; // CSS pixels: below that the picture scrolls
const SMALLEST = LEGIBLE / LIMITS.SMALLEST_TEXT;
const LARGEST = 2; // that a small picture is made to fit
const NUMBERED = 0.45; // below that the circles of a network have no room for numbers
const OVERVIEW = 0.2; // of a network whose circles are pictures, which can be read without numbers
const BORDER = 4; // pixels around a box that belong to it
const PANELS = { beside: [24.5, 0], below: [0, 14] }; // rem: the room that they take, across and down
const LEAST_BESIDE = 1100; // pixels of a window that has room beside the picture
const EDGES = 4; // pixels of the frame's borders

/** The picture fills its frame at first, and is in part outside of it where numbers would be too
 * small. The panels stand on the side that leaves the picture larger or, if they are tall, beside it. buttons: by the keys that do
 * the same, + - and 0. changed() is told when the reader zooms. Returned is what brings a box into
 * the frame, fits another picture, does as a key does, sets the scale, and gives the chosen one. */
export function viewport(stage, frame, buttons, changed, isTall) {
  const svg = () => frame.querySelector("svg");
  const box = () => svg().viewBox.baseVal; // it grows as groups are opened
  let scale = 1;
  let chosen = false; // by the reader, as `scale` is
  let stays = false; // until then the picture fits, whatever becomes of the frame
  let whole = false; // whether the reader wants to see all of it, however small

  /** Keep the point of the picture at `x`, `y` of the frame where it is. */
  function zoom(wanted, x = frame.clientWidth / 2, y = frame.clientHeight / 2) {
    const before = scale;
    scale = Math.min(4, Math.max(0.02, wanted));
    const [left, top] = [frame.scrollLeft, frame.scrollTop];
    svg().scale = scale;
    svg().style.width = `${box().width * scale}px`;
    svg().style.height = "auto";
    svg().classList.toggle("far", scale < SMALLEST);
    svg().classList.toggle("farther", scale < NUMBERED);
    svg().style.setProperty("--legible", `${LEGIBLE / scale}px`);
    frame.scrollLeft = ((left + x) * scale) / before - x;
    frame.scrollTop = ((top + y) * scale) / before - y;
  }

  /** The scale at which a picture fits into so much room. */
  const fitting = (across, down) => Math.min(across / box().width, down / box().height);

  /** Put the panels where they leave the picture larger. */
  function dock() {
    const { width, top } = stage.getBoundingClientRect();
    const room = window.innerHeight - top;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const scales = Object.entries(PANELS).map(([side, [across, down]]) => [
      side,
      fitting(width - across * rem, room - down * rem),
    ]);
    const [[larger]] = scales.sort(([, one], [, other]) => other - one);
    const best = window.innerWidth < LEAST_BESIDE ? "below" : isTall ? "beside" : larger;
    for (const side of Object.keys(PANELS)) stage.classList.toggle(side, side === best);
    // The panels get the room that the picture does not need.
    const down = PANELS.below[1] * rem;
    const needed = Math.min(LARGEST, Math.max(SMALLEST, fitting(width - EDGES, Infinity))) * box().height;
    stage.style.setProperty("--picture", `${Math.min(room - down, needed + EDGES)}px`);
  }

  function fit() {
    dock();
    const { maxHeight } = getComputedStyle(frame);
    const isBounded = maxHeight === "none"; // the frame has a height of its own
    const down = isBounded ? frame.clientHeight : parseFloat(maxHeight) - EDGES;
    const wanted = whole || isBounded ? fitting(frame.clientWidth, down) : frame.clientWidth / box().width;
    const isOverview = svg().matches(".tinted") && wanted >= OVERVIEW;
    zoom(Math.min(LARGEST, whole || isOverview ? wanted : Math.max(SMALLEST, wanted)));
  }
  const actions = {
    "+": () => zoom(scale * 1.25),
    "-": () => zoom(scale / 1.25),
    0: fit,
  };
  function act(key) {
    whole = key === "0";
    chosen = stays = !whole;
    actions[key]();
    changed();
  }
  for (const [key, button] of Object.entries(buttons)) {
    button.addEventListener("click", () => act(key));
  }
  frame.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the wheel alone scrolls
      event.preventDefault();
      chosen = stays = true;
      const { left, top } = frame.getBoundingClientRect();
      zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
      changed();
    },
    { passive: false },
  );
  frame.addEventListener("grown", () => (stays = true)); // what the reader reads does not shrink
  pan(frame);
  new ResizeObserver(() => stays || fit()).observe(frame);
  window.addEventListener("resize", () => stays || fit());

  /** Show another picture in the frame. */
  function refit() {
    chosen = stays = false;
    fit();
  }

  /** Put a box that is not all in the frame in its middle, if it is drawn; the page does not move. */
  function bringIn(box) {
    if (!box?.getClientRects().length) return;
    const [{ left, right, top, bottom }, outer] = [box, frame].map((each) => each.getBoundingClientRect());
    const away = (low, high, from, room) =>
      low < from + BORDER || high > from + room - BORDER ? (low + high - room) / 2 - from : 0;
    frame.scrollLeft += away(left, right, outer.left, frame.clientWidth);
    frame.scrollTop += away(top, bottom, outer.top, frame.clientHeight);
  }

  function zoomTo(wanted) {
    chosen = stays = true;
    zoom(wanted);
  }
  return { bringIn, refit, act, zoomTo, zoomed: () => (chosen ? scale : 0) };
}

/** Let the background be dragged; fingers scroll it without our help. */
function pan(frame) {
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("g[tabindex]")) return;
    from = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    if (!from) return;
    frame.scrollLeft = from.x - event.clientX;
    frame.scrollTop = from.y - event.clientY;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    frame.addEventListener(end, () => (from = null));
  }
}
