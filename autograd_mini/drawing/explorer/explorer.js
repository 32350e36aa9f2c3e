// The page. State goes one way: numbers, step and question -> replay -> picture and words.
import { recall, remember } from "./address.js";
import { chain } from "./chains.js";
import { Graph } from "./graph.js";
import { Leaves, scrub } from "./leaves.js";
import { Picture, zoomable } from "./picture.js";
import { Steps, told } from "./steps.js";
import { curve, learners, train } from "./training.js";

const SECONDS_PER_STEP = 1.5;

/** Bring the page inside `element` to life. */
export function explore(element, data, rows) {
  const graph = new Graph(data, rows);
  const root = data.roots[0];
  const steps = new Steps(graph, root);
  const moving = learners(graph);
  const state = {
    numbers: Float64Array.from(graph.start),
    step: steps.last,
    asked: null,
    history: [], // of training: rounds and loss
  };
  const find = (name) => element.querySelector(`.${name}`);
  const picture = new Picture(element.querySelector("svg"), graph);
  const leaves = new Leaves(find("leaves"), graph, setLeaf);

  function show() {
    const values = graph.replay(state.numbers);
    const moment = steps.at(values, state.step);
    picture.show(values, moment.adjoints, moment.known, moment.now);
    find("step").value = state.step;
    find("step").setAttribute("aria-valuetext", `${state.step} of ${steps.last}`);
    find("told").replaceChildren(...steps.tell(values, moment).map(paragraph));
    find("answer").replaceChildren(...answer(values).map(paragraph));
    const [rounds] = state.history.at(-1) ?? [0];
    find("rounds").textContent =
      `after ${rounds} rounds ${graph.names[root]} = ${told(values[root])}`;
    find("curve").hidden = rounds === 0;
    find("losses").setAttribute("points", rounds > 0 ? curve(state.history) : "");
    leaves.show(state.numbers);
    remember(graph, state, steps.last);
  }

  /** Why the derivative by what is asked about is that number. */
  function answer(values) {
    if (state.asked === null) return [];
    return chain(graph, values, steps.adjoints(values), root, state.asked, told);
  }

  function ask(place) {
    state.asked = place;
    show();
  }

  function setLeaf(place, number) {
    if (!Number.isFinite(number)) return;
    state.numbers[place] = number;
    show();
  }

  function setStep(step) {
    state.step = Math.min(steps.last, Math.max(0, step));
    show();
  }

  function learn(rounds) {
    const rate = Number(find("rate").value);
    if (!(rate > 0)) return;
    const complete = train(graph, state, root, moving, rate, rounds);
    show();
    if (!complete) {
      find("rounds").textContent += "; the next round is not finite: the rate is too large";
    }
  }

  function reset() {
    state.numbers.set(graph.start);
    state.asked = null;
    state.history = [];
    setStep(steps.last);
  }

  function visit() {
    recall(graph, state, steps.last);
    show();
  }

  find("step").max = steps.last;
  find("step").addEventListener("input", (event) => setStep(Number(event.target.value)));
  find("back").addEventListener("click", () => setStep(state.step - 1));
  find("forward").addEventListener("click", () => setStep(state.step + 1));
  find("reset").addEventListener("click", reset);
  playable(find("play"), state, steps.last, setStep);
  zoomable(find("picture"), { "+": find("larger"), "-": find("smaller"), 0: find("fit") });
  find("learning").textContent = `moves ${moving.map((place) => graph.names[place]).join(", ")}`;
  for (const button of element.querySelectorAll("[data-rounds]")) {
    button.addEventListener("click", () => learn(Number(button.dataset.rounds)));
  }
  picture.whenAdded((box, place) => {
    box.addEventListener("click", () => ask(place));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") ask(place);
    });
    if (!graph.rows[place]) scrub(box, graph, place, state.numbers, setLeaf);
  });
  window.addEventListener("hashchange", visit);
  visit();
}

/** A button that plays the steps, from the first if the last has been reached. */
function playable(button, state, last, setStep) {
  let playing = 0;
  function pause() {
    clearInterval(playing);
    playing = 0;
    button.textContent = "Play";
  }
  button.addEventListener("click", () => {
    if (playing) return pause();
    if (state.step === last) setStep(0);
    button.textContent = "Pause";
    playing = setInterval(() => {
      setStep(state.step + 1);
      if (state.step === last) pause();
    }, 1000 * SECONDS_PER_STEP);
  });
}

function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}
