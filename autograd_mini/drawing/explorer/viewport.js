// The frame around the picture: zoomed by buttons, keys and the wheel, moved by dragging.

const READABLE = 0.4; // of the full size

/** The picture fits at first, unless nothing could be read then.
 * buttons: by the keys that do the same, + - and 0. */
export function viewport(frame, buttons) {
  const svg = frame.querySelector("svg");
  const width = () => svg.viewBox.baseVal.width; // it grows as groups are opened
  let scale = 1;
  let chosen = false; // by the reader; until then the picture fits, whatever becomes of the frame

  /** Keep the point of the picture at `x`, `y` of the frame where it is. */
  function zoom(wanted, x = frame.clientWidth / 2, y = frame.clientHeight / 2) {
    const before = scale;
    scale = Math.min(4, Math.max(0.05, wanted));
    const [left, top] = [frame.scrollLeft, frame.scrollTop];
    svg.style.width = `${width() * scale}px`;
    svg.style.height = "auto";
    frame.scrollLeft = ((left + x) * scale) / before - x;
    frame.scrollTop = ((top + y) * scale) / before - y;
  }

  const fitting = () => Math.min(1, frame.clientWidth / width());
  const actions = {
    "+": () => zoom(scale * 1.25),
    "-": () => zoom(scale / 1.25),
    0: () => zoom(fitting()),
  };
  function act(key) {
    if (!(key in actions)) return;
    chosen = key !== "0";
    actions[key]();
  }
  for (const [key, button] of Object.entries(buttons)) {
    button.addEventListener("click", () => act(key));
  }
  frame.addEventListener("keydown", (event) => act(event.key));
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
  new ResizeObserver(() => chosen || zoom(Math.max(READABLE, fitting()))).observe(frame);
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
