// The things beside the picture: panels behind tabs, notes for the first minute, and the theme.
import { make } from "./elements.js";

/** Panels of which one is seen. Returned is what shows the panel of a name. */
export function tabs(element) {
  const buttons = [...element.querySelectorAll('[role="tab"]')];
  const panels = [...element.querySelectorAll('[role="tabpanel"]')];
  const show = (name) => {
    for (const button of buttons) {
      const isShown = button.dataset.panel === name;
      button.setAttribute("aria-selected", String(isShown));
      button.setAttribute("tabindex", isShown ? "0" : "-1");
    }
    for (const panel of panels) panel.classList.toggle("current", panel.dataset.panel === name);
    element.dispatchEvent(new Event("shown"));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => show(button.dataset.panel));
    button.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!to) return;
      event.preventDefault();
      const seen = buttons.filter((each) => each.checkVisibility());
      const next = seen.at((seen.indexOf(button) + to) % seen.length);
      show(next.dataset.panel);
      next.focus();
    });
  }
  return show;
}

/** Notes that go when they are dismissed, or when the reader did what they say. Returned is what is
 * told of that. */
export function notes(list) {
  for (const note of list.children) {
    const close = make("button", { type: "button", textContent: "\u00d7" }, "Dismiss");
    close.addEventListener("click", () => note.remove());
    note.append(close);
  }
  return (done) => list.querySelector(`[data-until="${done}"]`)?.remove();
}

export const THEMES = ["light", "dark"];

/** Follow the chosen theme or, without a choice, the theme of the page around this one. */
export function themed(element) {
  const outer = element.closest(".explorer");
  let chosen = "";
  const around = () => {
    const { dataset } = document.body;
    if (dataset.jpThemeLight) return dataset.jpThemeLight === "true" ? "light" : "dark";
    try {
      return window.parent === window ? "" : window.parent.document.body.dataset.theme;
    } catch {
      return ""; // of another origin
    }
  };
  const follow = () => {
    const theme = [chosen, around()].find((each) => THEMES.includes(each)) ?? "";
    if (theme) outer.dataset.theme = theme;
    else delete outer.dataset.theme;
  };
  const watch = (body) => new MutationObserver(follow).observe(body, { attributes: true });
  watch(document.body);
  try {
    if (window.parent !== window) watch(window.parent.document.body);
  } catch {
    // Of another origin: it cannot be followed.
  }
  follow();
  return (theme) => {
    chosen = THEMES.includes(theme) ? theme : "";
    follow();
  };
}

/** Full screen, with the picture and one line, or back. Returned is what changes between them.
 * refit() fits the picture into its frame. */
export function projector(element, refit) {
  const isOn = () => element.classList.contains("projector");
  const set = (on) => {
    if (isOn() === on) return;
    element.classList.toggle("projector", on);
    refit();
  };
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || set(false));
  return () => {
    set(!isOn());
    if (isOn()) element.closest(".explorer").requestFullscreen?.().catch(() => {}); // a frame may not
    else if (document.fullscreenElement) document.exitFullscreen();
  };
}

/** A button that does something again and again, until it is pressed again or `act` gives false.
 * pause(): milliseconds in between. Returned is what stops it. */
export function repeated(button, name, pause, act) {
  let timer = 0;
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    button.textContent = name;
  };
  const next = () => {
    if (!act()) return stop();
    timer = setTimeout(next, pause());
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    button.textContent = "Pause";
    next();
  });
  return stop;
}

/** True if a button may erase answers: where there are some it asks first, to be pressed twice. */
export function confirmed(button, isNeeded) {
  const isSure = button.dataset.sure || !isNeeded;
  const text = (button.dataset.text ??= button.textContent);
  if (isSure) delete button.dataset.sure;
  else button.dataset.sure = "yes";
  button.textContent = isSure ? text : "Erase the answers?";
  return isSure;
}

/** Copy a text, and say so on the button. */
export async function copied(button, text) {
  await navigator.clipboard.writeText(text);
  const name = (button.dataset.name ??= button.textContent);
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = name), 2000);
}
