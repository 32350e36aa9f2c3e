// The page. State goes one way: numbers, root, step and question -> replay -> picture and words.
import { recall, remember } from "./address.js";
import { Chains } from "./chains.js";
import { Graph } from "./graph.js";
import { Leaves, scrub } from "./leaves.js";
import { Notation } from "./notation.js";
import { format } from "./numbers.js";
import { Picture } from "./picture.js";
import { Quiz, otherNumbers } from "./quiz.js";
import { QuizPanel } from "./quiz_panel.js";
import { Steps, told } from "./steps.js";
import { curve, learners, logged, train } from "./training.js";
import { EveryOperation, NamedValues } from "./views.js";
import { viewport } from "./viewport.js";

const MOST_LISTED = 1000; // values, the last ones, in a list to choose from and in the table

/** Bring the page inside `element` to life. linked: whether the address keeps its state.
 * changed(leaves) is told of every change. Returned is what sets the leaves, by their names. */
export function explore(element, data, rows, kinds, { linked = false, changed = () => {} } = {}) {
  const graph = new Graph(data, rows, kinds);
  const notation = new Notation(graph);
  const views = { operations: new EveryOperation(graph, notation) };
  if (data.folded) views.names = new NamedValues(graph, notation, data.folded);
  const first = data.folded ? "names" : "operations";
  const chains = new Map(data.roots.map((root, k) => [root, new Chains(graph, notation, data.plans[k])]));
  const stepsOf = memoized((view, root) => new Steps(views[view], root));
  const listed = [...graph.names.keys()].slice(-MOST_LISTED);
  const moving = new Set(learners(graph));
  const state = {
    root: data.roots[0],
    view: first, // a key of `views`
    numbers: Float64Array.from(graph.start),
    step: 0,
    asked: null, // or top and bottom of a derivative
    history: [], // of training: rounds and loss
    quiz: [], // the kinds of numbers that are blank
    open: [], // the groups that are open, by their keys
  };
  const found = new Map(); // a look through a large picture takes milliseconds
  const find = (name) => {
    // Inside the picture classes are those of boxes and wires.
    if (!found.has(name)) found.set(name, element.querySelector(`.${name}:not(.picture svg *)`));
    return found.get(name);
  };
  const svgs = { [first]: element.querySelector(".picture > svg") };
  svgs.operations ??= element.querySelector("template.operations").content.querySelector("svg");
  const pictures = {};
  let picture = pictureOf(first);
  const leaves = new Leaves(find("leaves"), graph, moving, setLeaf);
  const quiz = new Quiz(graph, notation);
  const questions = new QuizPanel(find("questions"), find("score"), quiz, show);
  const steps = () => stepsOf(state.view, state.root);
  const asking = () => quiz.running && !quiz.finished;
  let values = graph.recorded;
  let keeping = 0; // the timer after which the address follows

  /** The picture of a view, made when it is first seen. */
  function pictureOf(view) {
    if (!pictures[view]) {
      const styled = svgs[first].querySelector("style");
      if (view !== first) svgs[view].prepend(styled.cloneNode(true));
      pictures[view] = new Picture(svgs[view], views[view]);
      listenTo(pictures[view]);
    }
    return pictures[view];
  }

  function setView(view) {
    if (view === state.view) return;
    const { last } = steps();
    const atEnd = state.step === last;
    state.view = view;
    state.step = atEnd ? steps().last : Math.round((state.step / last) * steps().last);
    showView();
  }

  /** Put the picture of the view into the frame. */
  function showView() {
    picture = pictureOf(state.view);
    find("picture").replaceChildren(picture.svg);
    find("every").checked = state.view === "operations";
    refit();
  }

  function show() {
    values = graph.replay(state.numbers);
    const { last } = steps();
    const moment = steps().at(values, state.step);
    const asks = asking();
    element.classList.toggle("asking", asks);
    const now = asks ? questions.now : moment.now;
    const before = picture.now;
    picture.show(values, moment.adjoints, moment.known, now, (...number) => quiz.hides(...number));
    if (now !== before && picture.worked) bringIn(picture.worked);
    find("step").max = last;
    find("step").value = state.step;
    find("step").setAttribute("aria-valuetext", `${state.step} of ${last}`);
    find("told").innerHTML = asks ? "" : paragraphs(steps().tell(values, moment));
    showAnswer(asks);
    showTraining();
    showTable(moment.adjoints);
    leaves.show(state.numbers);
    keep();
    changed(Object.fromEntries(graph.leaves.map((place) => [graph.names[place], state.numbers[place]])));
  }

  /** Why the derivative that is asked about is that number. */
  function showAnswer(asks) {
    const { top = state.root, bottom = null } = state.asked ?? {};
    find("top").value = String(top);
    find("bottom").value = bottom === null ? "" : String(bottom);
    const answered = bottom !== null && !asks;
    find("answer").innerHTML = answered ? chains.get(state.root).derivation(values, top, bottom) : "";
  }

  function showTraining() {
    const { history, root } = state;
    const [rounds] = history.at(-1) ?? [0];
    const count = rounds === 1 ? "1 round" : `${rounds.toLocaleString("en")} rounds`;
    find("rounds").textContent = `after ${count} ${graph.names[root]} = ${told(values[root])}`;
    find("curve").hidden = history.length < 2;
    if (history.length > 1) drawCurve(history);
    if (!find("log").open) return;
    const lines = logged(history).map(([round, loss]) => [round.toLocaleString("en"), told(loss)]);
    find("log").querySelector("tbody").replaceChildren(...lines.map(tableRow));
  }

  function drawCurve(history) {
    const { points, low, high, logarithmic } = curve(history);
    find("losses").setAttribute("points", points);
    const ends = [high, low].map((loss) => format(loss, data.digits));
    const scale = logarithmic ? "logarithmic" : "linear";
    find("scale").textContent = `Loss over rounds, ${ends[0]} (top) to ${ends[1]} (bottom), ${scale}`;
  }

  /** The table below the page, if it is open. */
  function showTable({ of, reached }) {
    if (!find("recorded").open) return;
    const lines = listed.map((place) => [
      graph.names[place],
      picture.made(place),
      format(values[place], data.digits),
      reached[place] ? format(of[place], data.digits) : "-",
    ]);
    find("recorded").querySelector("tbody").replaceChildren(...lines.map(tableRow));
  }

  function showEdges(lines) {
    find("edge").innerHTML = asking() ? "" : lines.join(", \u2003");
  }

  /** Ask for d root / d place or, with another box asked before, for the derivative of the two; in
   * a quiz, go to the question about it. */
  function ask(place, both) {
    if (asking()) return questions.focus(place);
    const before = state.asked?.bottom ?? null;
    const pair = both && before !== null && before !== place ? [before, place] : [place, state.root];
    const [bottom, top] = both ? pair.sort((a, b) => a - b) : pair;
    state.asked = { bottom, top };
    show();
  }

  function setLeaf(place, number) {
    if (!Number.isFinite(number) || asking()) return; // typed answers are not to be lost by a touch
    state.numbers[place] = number;
    state.history = [];
    show();
  }

  function setStep(step) {
    state.step = Math.min(steps().last, Math.max(0, step));
    show();
  }

  function setRoot(root) {
    state.root = root;
    state.asked = null;
    state.history = [];
    setStep(steps().last);
  }

  /** Train so many rounds; whether all of them stayed finite. */
  function learn(rounds) {
    const rate = Number(find("rate").value);
    find("rate").setAttribute("aria-invalid", String(!(rate > 0)));
    if (!(rate > 0)) return false;
    const complete = train(graph, state.numbers, state.history, state.root, [...moving], rate, rounds);
    show();
    if (!complete) {
      find("rounds").textContent += "; the next round is not finite: the rate is too large";
    }
    return complete;
  }

  function startQuiz(wanted) {
    for (const stop of stops) stop();
    state.quiz = wanted;
    state.step = steps().last;
    const seen = (place) => picture.boxes[place] !== undefined;
    quiz.start(wanted, state.root, graph.replay(state.numbers), views[state.view], seen);
    questions.fill(chains.get(state.root));
    showEdges([]);
    show();
  }

  function reset() {
    state.numbers.set(graph.start);
    state.asked = null;
    state.history = [];
    state.quiz = [...data.quiz];
    startQuiz(state.quiz);
  }

  function visit() {
    state.view = first;
    recall(graph, state, views, stepsOf, linked ? location.hash : "");
    showView();
    const { open } = state;
    if (state.quiz.length > 0) startQuiz(state.quiz);
    else show();
    picture.groups?.openAll(open);
    keep();
  }

  /** Keep the state in the address, soon: browsers take 20 changes of it a second. */
  function keep() {
    if (!linked || keeping) return;
    keeping = setTimeout(() => {
      keeping = 0;
      state.open = picture.groups?.opened ?? [];
      remember(graph, state, first, steps().last);
    }, 100);
  }

  function listen() {
    const on = (name, event, listener) => find(name).addEventListener(event, listener);
    on("step", "input", (event) => setStep(Number(event.target.value)));
    on("back", "click", () => setStep(state.step - 1));
    on("forward", "click", () => setStep(state.step + 1));
    on("reset", "click", reset);
    on("root", "change", (event) => setRoot(Number(event.target.value)));
    const choose = () => {
      const [top, bottom] = ["top", "bottom"].map((name) => find(name).value);
      state.asked = bottom === "" ? null : { top: Number(top), bottom: Number(bottom) };
      show();
    };
    on("top", "change", choose);
    on("bottom", "change", choose);
    on("ask", "click", () => startQuiz([find("blanks").value]));
    on("reveal", "click", () => {
      quiz.reveal();
      questions.show();
      show();
    });
    on("fresh", "click", () => {
      const numbers = otherNumbers(graph, state.root);
      if (numbers) state.numbers.set(numbers);
      state.history = [];
      startQuiz(quiz.running ? quiz.kinds : [find("blanks").value]);
    });
    on("log", "toggle", showTraining);
    on("recorded", "toggle", show);
    for (const button of element.querySelectorAll("[data-rounds]")) {
      button.addEventListener("click", () => learn(Number(button.dataset.rounds)));
    }
    on("every", "change", (event) => {
      setView(event.target.checked ? "operations" : first);
      if (asking()) startQuiz(quiz.kinds);
      else show();
    });
    if (linked) window.addEventListener("hashchange", visit);
  }

  function listenTo(drawn) {
    drawn.onEdges(
      (place, position) => showEdges(steps().tellEdges(values, place, position)),
      () => showEdges([]),
    );
    drawn.onBoxes((box, place) => {
      box.addEventListener("click", (event) => {
        if (!box.classList.contains("dragged")) ask(place, event.shiftKey);
      });
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        ask(place, event.shiftKey);
      });
      box.addEventListener("focus", () => showEdges(steps().tellEdges(values, place)));
      if (!graph.rows[place]) scrub(box, graph, place, state.numbers, setLeaf);
    });
    drawn.changed = keep;
  }

  find("root").replaceChildren(...data.roots.map((place) => option(place, graph.names[place])));
  find("roots").hidden = data.roots.length < 2;
  find("top").replaceChildren(...listed.map((place) => option(place, graph.names[place])));
  find("bottom").replaceChildren(
    option("", "click a box"),
    ...listed.map((place) => option(place, graph.names[place])),
  );
  const { bringIn, refit } = viewport(find("picture"), {
    "+": find("larger"),
    "-": find("smaller"),
    0: find("fit"),
  });
  find("views").hidden = !data.folded;
  const stops = [
    repeated(find("play"), "Play", () => Number(find("speed").value), playStep),
    repeated(find("run"), "Run", () => 0, () => learn(Number(find("pace").value))),
  ];
  listen();
  visit();

  /** A step further, from the first if the last has been reached; whether there are more. */
  function playStep(first) {
    setStep(first && state.step === steps().last ? 0 : state.step + 1);
    return state.step < steps().last;
  }

  return (leaves) => {
    const before = state.numbers.slice();
    for (const place of graph.leaves) state.numbers[place] = leaves[graph.names[place]] ?? before[place];
    if (state.numbers.every((number, place) => Object.is(number, before[place]))) return;
    state.history = [];
    if (asking()) startQuiz(quiz.kinds);
    show();
  };
}

/** A button that does something again and again, until it is pressed again or `act` gives false.
 * pause(): milliseconds in between. Returned is what stops it. */
function repeated(button, name, pause, act) {
  let timer = 0;
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    button.textContent = name;
  };
  const next = (first) => {
    if (!act(first)) return stop();
    timer = setTimeout(next, pause(), false);
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    button.textContent = "Pause";
    next(true);
  });
  return stop;
}

function option(value, text) {
  return Object.assign(document.createElement("option"), { value: String(value), textContent: text });
}

function tableRow(cells) {
  const line = document.createElement("tr");
  line.append(
    ...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })),
  );
  return line;
}

function paragraphs(lines) {
  return lines.map((line) => `<p>${line}</p>`).join("");
}

/** A function of two keys that computes each result once. */
function memoized(make) {
  const known = new Map();
  return (...keys) => {
    const key = keys.join();
    if (!known.has(key)) known.set(key, make(...keys));
    return known.get(key);
  };
}
