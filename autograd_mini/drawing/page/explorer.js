// The page. State goes one way: numbers, root, step and question -> replay -> picture and words.
import { RATE, opening, recall, remember, store, stored } from "./address.js";
import { AttentionPanel } from "./attention.js";
import { Chains } from "./chains.js";
import { inflated, offer, option, paragraphs, pixels, tableRow } from "./elements.js";
import { Graph } from "./graph.js";
import { pageKeys } from "./keys.js";
import { Leaves, scrub } from "./leaves.js";
import { runDown } from "./motion.js";
import { Notation } from "./notation.js";
import { format } from "./numbers.js";
import { copied, notes, projector, repeated, tabs, themed } from "./panels.js";
import { NetworkDiagram } from "./network.js";
import { Plane } from "./plane.js";
import { Picture } from "./picture.js";
import { Quiz, otherNumbers } from "./quiz.js";
import { QuizPanel } from "./quiz_panel.js";
import { Steps } from "./steps.js";
import { TrainingPanel } from "./training.js";
import { EveryOperation, NamedValues } from "./views.js";
import { viewport } from "./viewport.js";
import { WhyPanel } from "./why.js";

const PART_IN_MOTION = 0.7; // of the time that Play gives a step
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
  const state = {
    root: data.roots[0],
    view: first, // a key of `views`
    numbers: Float64Array.from(graph.start),
    step: 0,
    asked: null, // or top and bottom of a derivative
    history: [], // of training: rounds and loss
    quiz: [], // the kinds of numbers that are blank
    theme: "", // or "light" or "dark"
    learns: new Set(data.learns), // the leaves that training moves
    rate: RATE, // as it was typed
    diagram: false, // whether the network is shown as on slides
    zoom: 0, // the scale that the reader chose, if one was
    scrolled: [0, 0], // pixels of the picture left of its frame and above it
    sample: 0, // of a batch, which the plane tells
    open: [], // the groups that are open, by their keys
  };
  const found = new Map(); // a look through a large picture takes milliseconds
  const find = (name) => {
    // Inside the picture classes are those of boxes and wires.
    if (!found.has(name)) found.set(name, element.querySelector(`.${name}:not(.picture svg *)`));
    return found.get(name);
  };
  const svgs = { [first]: element.querySelector(".picture > svg") };
  const pictures = {};
  let picture = pictureOf(first);
  const leaves = new Leaves(find("leaves"), graph, state.learns, setLeaf, (said) => (find("wrong").textContent = said));
  const diagram = data.network && new NetworkDiagram(graph, data.network, ask);
  const plane = data.samples?.inputs.length === 2 && new Plane(graph, data.samples, find, (k) => setSample(k + 1), setLeaves);
  const attention = data.attention && new AttentionPanel(graph, data.attention, find("weights"), ask);
  const training = new TrainingPanel(graph, state, find, () => {
    state.step = steps().last; // what is learned is to be seen
    show();
  });
  const why = new WhyPanel(graph, find, data.folded ? listed.filter((place) => place in data.symbols) : listed, setAsked, (pair) => picture.light(pair));
  const showPanel = tabs(find("panels"));
  const done = notes(find("notes"));
  const setTheme = themed(element);
  const quiz = new Quiz(graph, notation);
  const questions = new QuizPanel(find, quiz, { changed: show, keep: keepAnswers, begin: beginQuiz, renew });
  const steps = () => stepsOf(state.view, state.root);
  let values = graph.recorded;
  let stopMotion = () => {};
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

  /** Unpack the picture of every operation, which few readers want. */
  async function load() {
    svgs.operations ??= await inflated(element.querySelector("template.operations").content.textContent);
  }

  async function setView(view) {
    await load();
    if (view === state.view) return;
    const { last } = steps();
    const atEnd = state.step === last;
    state.view = view;
    state.step = atEnd ? steps().last : Math.round((state.step / last) * steps().last);
    showView();
    if (quiz.asking) startQuiz(quiz.kinds);
    else show();
  }

  /** Put the picture of the view into the frame. */
  function showView() {
    picture = pictureOf(state.view);
    find("diagram").checked = state.diagram && !quiz.asking;
    find("picture").replaceChildren(find("diagram").checked ? diagram.svg : picture.svg);
    find("every").checked = state.view === "operations";
    refit();
  }

  function show() {
    stopMotion();
    values = graph.replay(state.numbers);
    const { last } = steps();
    const moment = steps().at(values, state.step);
    const asks = quiz.asking;
    element.classList.toggle("asking", asks);
    const now = asks ? questions.now : moment.now;
    picture.groups?.setSample(state.sample, now);
    const before = picture.now;
    picture.show(values, moment.adjoints, moment.known, now, (...number) => quiz.hides(...number));
    if (now !== before) bringIn(picture.worked);
    find("sample").value = state.sample + 1;
    find("step").max = last;
    find("step").value = state.step;
    find("step").setAttribute("aria-valuetext", `${state.step} of ${last}`);
    find("told").innerHTML = asks ? "" : paragraphs(steps().tell(values, moment));
    attention?.show(values, moment.adjoints, moment.known);
    diagram?.show(values, moment.adjoints, moment.known, state.sample);
    const nothing = { top: state.root, bottom: null };
    const asked = state.asked ?? nothing;
    const { top, bottom } = asks ? nothing : asked;
    const isNew = picture.mark(top, bottom, () => chains.get(state.root).links(values, top, bottom));
    if (isNew) bringIn(picture.boxes[bottom]?.box);
    why.show(values, asked, chains.get(state.root), asks);
    showTraining();
    showTable(moment.adjoints);
    leaves.show(state.numbers);
    keep();
    changed(Object.fromEntries(graph.leaves.map((place) => [graph.names[place], state.numbers[place]])));
  }

  function showTraining() {
    training.show(values);
    for (const place of graph.leaves) picture.boxes[place]?.box.classList.toggle("learns", state.learns.has(place));
    plane && plane.show(values, state.sample, find("diagram").checked ? diagram : null);
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
    find("edge").innerHTML = quiz.asking ? "" : lines.join(", \u2003");
  }

  /** Ask for d root / d place or, with another box asked before, for the derivative of the two; in
   * a quiz, go to the question about it. */
  function ask(place, both) {
    if (quiz.asking) return questions.focus(place);
    const before = state.asked?.bottom ?? null;
    const pair = both && before !== null && before !== place ? [before, place] : [place, state.root];
    const [bottom, top] = both ? pair.sort((a, b) => a - b) : pair;
    state.asked = { bottom, top };
    done("ask");
    showPanel("why");
    show();
  }

  function setAsked(asked) {
    state.asked = asked;
    show();
  }

  function setLeaf(place, number) {
    setLeaves([place], [number]);
  }

  function setLeaves(places, numbers) {
    // Typed answers are not to be lost by a touch.
    if (!numbers.every(Number.isFinite) || quiz.asking) return;
    places.forEach((place, k) => (state.numbers[place] = numbers[k]));
    state.history = [];
    done("leaf");
    show();
  }

  function setSample(number) {
    state.sample = Math.min(graph.samples, Math.max(1, Math.trunc(number))) - 1;
    show();
  }

  function setStep(step) {
    state.step = Math.min(steps().last, Math.max(0, step));
    if (!quiz.asking) showPanel("step");
    show();
  }

  /** Whether Forward and Back go along the factors of the derivative that is asked about. */
  const walks = () => why.stops.length > 0 && find("answer").checkVisibility();

  /** Go a factor on, or back, and bring the box that it leads to into the frame. */
  function walk(by) {
    const isThere = why.walk(by);
    bringIn(picture.boxes[why.operand]?.box);
    return isThere;
  }

  function back() {
    if (walks()) return walk(-1);
    setStep(steps().stride(state.step, -1, find("stride").value));
  }

  /** A stride on; from the last step to the first, so that there is always something to see.
   * Of a walk along factors it gives whether there was one more. */
  function forward() {
    if (walks()) return walk(1);
    done("step");
    const before = steps().at(values, state.step);
    const isEnd = state.step === steps().last;
    setStep(isEnd ? 0 : steps().stride(state.step, 1, find("stride").value));
    if (isEnd || quiz.asking || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const after = steps().at(values, state.step);
    const moves = steps().moves(values, before, after);
    const time = PART_IN_MOTION * Number(find("speed").value);
    stopMotion = runDown(picture, moves, before.adjoints, after.adjoints, time);
  }

  function setRoot(root) {
    state.root = root;
    state.asked = null;
    state.history = [];
    setStep(steps().last);
  }

  function startQuiz(wanted) {
    for (const stop of stops) stop();
    state.quiz = wanted;
    state.step = steps().last;
    const seen = (place) => picture.boxes[place] !== undefined;
    quiz.start(wanted, state.root, graph.replay(state.numbers), views[state.view], seen);
    const kept = linked ? stored() : null;
    if (kept?.quiz === quizKey()) quiz.restore(kept.answers, kept.spent);
    questions.fill(chains.get(state.root));
    showEdges([]);
    if (wanted.length > 0) showPanel("quiz");
    if (state.diagram) showView();
    show();
  }

  /** Start another quiz, without the answers that are kept; end the quiz if nothing is asked. */
  function beginQuiz(kinds) {
    if (kinds.length > 0) store(null);
    startQuiz(kinds);
    if (kinds.length === 0) showPanel("step");
  }

  /** Give the leaves that learn other numbers. */
  function renew() {
    const numbers = otherNumbers(graph, state.root, data.learns);
    if (numbers) state.numbers.set(numbers);
    state.history = [];
  }

  /** A key of the questions: answers are kept for the same view, root, kinds and leaves. */
  function quizKey() {
    return [state.view, state.root, ...quiz.kinds, ...state.numbers].join();
  }

  function keepAnswers() {
    if (linked && quiz.running) store({ quiz: quizKey(), answers: quiz.answers, spent: quiz.spent });
  }

  function reset() {
    state.numbers.set(graph.start);
    state.asked = null;
    state.history = [];
    state.learns.clear();
    for (const place of data.learns) state.learns.add(place);
    state.rate = RATE;
    training.showRate();
    find("wrong").textContent = "";
    startQuiz([...data.quiz]);
  }

  function visit() {
    state.view = first;
    recall(graph, state, views, stepsOf, linked ? opening() : "");
    if (!svgs[state.view]) {
      load().then(visit);
      return;
    }
    showView();
    setTheme(state.theme);
    find("theme").value = state.theme;
    const opened = graph.isJudged && state.step === steps().last ? "train" : "step";
    showPanel(state.asked ? "why" : opened);
    training.showRate();
    const { open, zoom, scrolled } = state;
    if (state.quiz.length > 0) startQuiz(state.quiz);
    else show();
    picture.groups?.openAll(open);
    if (zoom) zoomTo(zoom);
    if (scrolled.some(Boolean)) find("picture").scrollTo(...scrolled);
    keep();
  }

  /** Keep the state in the address, soon: browsers take 20 changes of it a second. */
  function keep() {
    if (!linked || keeping) return;
    keeping = setTimeout(() => {
      keeping = 0;
      state.open = picture.groups?.opened ?? [];
      state.zoom = zoomed();
      state.scrolled = [find("picture").scrollLeft, find("picture").scrollTop].map(Math.round);
      remember(graph, state, first, steps().last);
    }, 100);
  }

  function listen() {
    const on = (name, event, listener) => find(name).addEventListener(event, listener);
    on("picture", "scroll", keep);
    on("step", "input", (event) => setStep(Number(event.target.value)));
    on("back", "click", back);
    on("start", "click", () => {
      done("step");
      setStep(0);
    });
    on("forward", "click", forward);
    on("clear", "click", clear);
    on("theme", "change", (event) => {
      state.theme = event.target.value;
      setTheme(state.theme);
      keep();
    });
    on("project", "click", project);
    on("help", "click", () => find("keyboard").showModal());
    on("link", "click", () => {
      remember(graph, state, first, steps().last);
      copied(find("link"), location.href);
    });
    find("link").hidden = !linked || !navigator.clipboard || location.protocol === "about:";
    const name = () => graph.names[state.root];
    on("save-svg", "click", () => offer(picture.file(), `${name()}.svg`));
    on("save-png", "click", async () => {
      offer(await pixels(picture.file(), picture.svg.viewBox.baseVal), `${name()}.png`);
    });
    on("sample", "change", ({ target }) => setSample(Number(target.value)));
    on("leaves", "change", () => {
      showTraining();
      keep();
    });
    on("reset", "click", reset);
    on("root", "change", (event) => setRoot(Number(event.target.value)));
    on("recorded", "toggle", show);
    on("diagram", "change", ({ target }) => {
      state.diagram = target.checked;
      showView();
      show();
    });
    on("every", "change", (event) => setView(event.target.checked ? "operations" : first));
    pageKeys(element, linked ? window : element, {
      ArrowLeft: back,
      ArrowRight: forward,
      " ": () => find(find("rounds").checkVisibility() ? "run" : "play").click(),
      Home: () => setStep(0),
      End: () => setStep(steps().last),
      "?": () => find("keyboard").showModal(),
      f: project,
      Escape: () => (element.classList.contains("projector") ? project() : clear()),
      ...Object.fromEntries(["+", "-", "0"].map((key) => [key, () => act(key)])),
    });
    if (linked) window.addEventListener("hashchange", visit);
  }

  function clear() {
    state.asked = null;
    showPanel("step");
    show();
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
  const buttons = { "+": find("larger"), "-": find("smaller"), 0: find("fit") };
  const { bringIn, refit, act, zoomTo, zoomed } = viewport(find("stage"), find("picture"), buttons, keep, graph.inPlane);
  const project = projector(element, refit);
  find("views").hidden = !data.folded;
  if (!data.groups) find("groups").remove();
  find("diagrams").hidden = !diagram;
  find("looks").hidden = !attention;
  find("stride").hidden = !data.runs;
  find("samples").hidden = graph.samples < 2;
  find("sample").max = graph.samples;
  const stops = [
    repeated(find("play"), "Play", () => Number(find("speed").value), playStep),
    training.stop,
  ];
  listen();
  visit();

  /** A stride further, from the first step if the last has been reached; whether there are more. */
  function playStep() {
    return forward() ?? state.step < steps().last;
  }

  return (leaves) => {
    const before = state.numbers.slice();
    for (const place of graph.leaves) {
      const number = leaves?.[graph.names[place]];
      if (Number.isFinite(number)) state.numbers[place] = number;
    }
    if (state.numbers.every((number, place) => Object.is(number, before[place]))) return;
    state.history = [];
    if (quiz.asking) startQuiz(quiz.kinds);
    show();
  };
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
