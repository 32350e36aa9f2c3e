// The address: the view, what was changed, the step, the question, the rounds, the quiz and what is
// open, so that a link leads to the same point.

import { THEMES } from "./panels.js";

const MOST_ROUNDS = 1e6;
const MOST_ZOOM = 4;

export const RATE = "0.5";

/** first: the view that a page opens with. last: the last step. */
export function remember(graph, state, first, last) {
  const said = new URLSearchParams();
  const [root] = graph.data.roots;
  if (state.view !== first) said.set("view", state.view);
  if (state.root !== root) said.set("root", id(state.root));
  for (const place of graph.leaves) {
    const number = state.numbers[place];
    if (!Object.is(number, graph.start[place])) said.set(id(place), String(number));
  }
  if (state.step !== last) said.set("step", String(state.step));
  if (state.diagram !== graph.isJudged) said.set("network", state.diagram ? "1" : "0");
  if (state.theme) said.set("theme", state.theme);
  if (state.zoom) said.set("zoom", state.zoom.toFixed(2));
  if (state.rate !== RATE) said.set("rate", state.rate);
  const learns = [...state.learns];
  const isUsual = learns.length === graph.data.learns.length && graph.data.learns.every((place) => state.learns.has(place));
  if (!isUsual) said.set("learns", learns.map(id).join(","));
  if (state.asked) said.set("ask", [state.asked.bottom, state.asked.top].map(id).join(","));
  const [rounds] = state.history.at(-1) ?? [0];
  if (rounds > 0) said.set("rounds", String(rounds));
  if (state.quiz.length > 0) said.set("quiz", state.quiz.join(","));
  if (state.sample > 0) said.set("sample", String(state.sample + 1));
  if (state.open.length > 0) said.set("open", state.open.join(","));
  const inFrame = window.parent !== window;
  if (inFrame && state.scrolled.some(Boolean)) said.set("scrolled", state.scrolled.join(","));
  const address = `#${said}`;
  // The playground keeps the state of its frame, which has no address.
  if (inFrame) window.parent.postMessage({ address }, "*");
  try {
    history.replaceState(null, "", address);
  } catch {
    // A frame without an address keeps no state.
  }
}

/** The address that a page opens with; in a frame without one, the frame's name may say it. */
export function opening() {
  return location.hash || (window.name.startsWith("#") ? window.name : "");
}

/** Change `state` to what the address says; what it does not say is as at first. Everything is
 * checked: an address comes from anybody. views: by their keys. stepsOf(view, root): its steps.
 * hash: the fragment of the address. */
export function recall(graph, state, views, stepsOf, hash) {
  const said = new URLSearchParams(hash.slice(1));
  const [first] = graph.data.roots;
  // Number("") would be 0.
  const numberOf = (name) => Number(said.get(name)?.trim() || NaN);
  const place = (text) => {
    const number = /^v\d+$/.test(text ?? "") ? Number(text.slice(1)) - 1 : -1;
    return 0 <= number && number < graph.size ? number : null;
  };
  const view = said.get("view") ?? "";
  if (Object.hasOwn(views, view)) state.view = view;
  const network = said.get("network");
  state.diagram = Boolean(graph.data.network) && (network === null ? graph.isJudged : network !== "0");
  const theme = said.get("theme");
  state.theme = THEMES.includes(theme) ? theme : "";
  const zoom = numberOf("zoom");
  state.zoom = zoom > 0 && zoom <= MOST_ZOOM ? zoom : 0;
  const scrolled = (said.get("scrolled") ?? "").split(",").map(Number);
  state.scrolled = scrolled.length === 2 && scrolled.every(Number.isFinite) ? scrolled : [0, 0];
  const rate = said.get("rate") ?? "";
  state.rate = Number(rate) > 0 && Number.isFinite(Number(rate)) ? rate : RATE;
  const learns = said.get("learns")?.split(",").map(place).filter((leaf) => graph.leaves.includes(leaf));
  state.learns.clear();
  for (const leaf of learns ?? graph.data.learns) state.learns.add(leaf);
  const root = place(said.get("root"));
  state.root = graph.data.roots.includes(root) ? root : first;
  for (const leaf of graph.leaves) {
    const number = numberOf(id(leaf));
    state.numbers[leaf] = Number.isFinite(number) ? number : graph.start[leaf];
  }
  const [bottom, top = null] = (said.get("ask") ?? "").split(",").map(place);
  state.asked = bottom === null ? null : { bottom, top: top ?? state.root };
  const { last } = stepsOf(state.view, state.root);
  const step = Math.trunc(numberOf("step"));
  state.step = Number.isNaN(step) ? last : Math.min(last, Math.max(0, step));
  const rounds = Math.trunc(numberOf("rounds"));
  state.history = rounds > 0 && rounds <= MOST_ROUNDS ? [[rounds, graph.replay(state.numbers)[state.root]]] : [];
  const asked = (said.get("quiz") ?? "").split(",");
  const kinds = KINDS_OF_QUIZ.filter((kind) => asked.includes(kind));
  state.quiz = kinds.length > 0 ? kinds : [...graph.data.quiz];
  const sample = Math.trunc(numberOf("sample"));
  state.sample = sample > 0 && sample <= graph.samples ? sample - 1 : 0;
  const open = new Set((said.get("open") ?? "").split(","));
  state.open = (graph.data.groups ?? []).map((_, k) => `g${k + 1}`).filter((key) => open.has(key));
}

/** The data kept for this page until its tab is closed; null if there is none. */
export function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey()));
  } catch {
    return null;
  }
}

/** Keep something for this page; a frame without storage keeps nothing. */
export function store(data) {
  try {
    sessionStorage.setItem(storageKey(), JSON.stringify(data));
  } catch {
    // Storage is missing or full.
  }
}

const storageKey = () => `autograd_mini ${location.pathname}`;
const KINDS_OF_QUIZ = ["values", "partials", "gradients"];
const id = (place) => `v${place + 1}`;
