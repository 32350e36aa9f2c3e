// The frame around the picture: zoomed by buttons, keys and the wheel, moved by dragging.

const SMALLEST = 0.25; // of the full size, at which boxes and their colours can be told apart
const READABLE = 0.4;
const LARGEST = 2; // that a small picture is made to fit
const HALF = 0.5; // of the window: a picture that could be smaller leaves the rest to the words
const MOST = 0.8; // of the window that the frame takes
const BORDER = 4; // pixels around a box that belong to it

/** The picture is as wide as the frame at first; where no box could be told from another then, a part
 * of it is seen that can be read. buttons: by the keys that do the same, + - and 0. Returned is
 * what brings a box into the frame. */
export function viewport(frame, buttons) {
  const svg = () => frame.querySelector("svg");
  const box = () => svg().viewBox.baseVal; // it grows as groups are opened
  let scale = 1;
  let chosen = false; // by the reader; until then the picture fits, whatever becomes of the frame
  let whole = false; // whether the reader wants to see all of it, however small

  /** Keep the point of the picture at `x`, `y` of the frame where it is. */
  function zoom(wanted, x = frame.clientWidth / 2, y = frame.clientHeight / 2) {
    const before = scale;
    scale = Math.min(4, Math.max(0.02, wanted));
    const [left, top] = [frame.scrollLeft, frame.scrollTop];
    svg().style.width = `${box().width * scale}px`;
    svg().style.height = "auto";
    frame.scrollLeft = ((left + x) * scale) / before - x;
    frame.scrollTop = ((top + y) * scale) / before - y;
  }

  function fit() {
    const { width, height } = box();
    const [across, down] = [frame.clientWidth / width, window.innerHeight / height];
    const larger = Math.min(LARGEST, across, Math.max(1, HALF * down));
    const readable = Math.min(1, Math.max(READABLE, HALF * down));
    zoom(whole ? Math.min(larger, MOST * down) : larger < SMALLEST ? readable : larger);
  }
  const actions = {
    "+": () => zoom(scale * 1.25),
    "-": () => zoom(scale / 1.25),
    0: fit,
  };
  function act(key) {
    if (!(key in actions)) return;
    whole = key === "0";
    chosen = !whole;
    actions[key]();
  }
  for (const [key, button] of Object.entries(buttons)) {
    button.addEventListener("click", () => act(key));
  }
  frame.addEventListener("keydown", (event) => event.ctrlKey || event.metaKey || act(event.key));
  frame.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the wheel alone scrolls
      event.preventDefault();
      chosen = true;
      const { left, top } = frame.getBoundingClientRect();
      zoom(scale * Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
    },
    { passive: false },
  );
  frame.addEventListener("grown", () => (chosen = true)); // what the reader reads does not shrink
  pan(frame);
  new ResizeObserver(() => chosen || fit()).observe(frame);

  /** Show another picture in the frame, as large as the first would be. */
  function refit() {
    chosen = false;
    fit();
  }

  /** Put a box that is not all in the frame in its middle; the page itself does not move. */
  function bringIn(box) {
    const [{ left, right, top, bottom }, outer] = [box, frame].map((each) => each.getBoundingClientRect());
    const away = (low, high, from, room) =>
      low < from + BORDER || high > from + room - BORDER ? (low + high - room) / 2 - from : 0;
    frame.scrollLeft += away(left, right, outer.left, frame.clientWidth);
    frame.scrollTop += away(top, bottom, outer.top, frame.clientHeight);
  }
  return { bringIn, refit };
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
