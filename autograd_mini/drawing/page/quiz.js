// The quiz: numbers of the picture are blanked, and typed in again by somebody who works them out.
import { about, judge, read } from "./judge.js";
import { LIMITS } from "./limits.js";
import { inline, equal } from "./notation.js";
import { format, shortest } from "./numbers.js";
import { told } from "./steps.js";
import { localBounds } from "./views.js";

const COARSE = "too few digits: the first significant digit of the value is not shown";
const RIGHT = {
  rounds: "right",
  truncates: "right, truncated",
  carried: "right, carried on from rounded numbers",
};

/** The questions of one kind: "values", "partials" or "gradients"; these are with respect to the
 * parameters or, where none is seen, to every named value. */
function questionsOf(kind, view, root, seen) {
  const { graph } = view;
  const named = graph.results.some((place) => graph.data.symbols[place]);
  const asked = (place) => !named || graph.data.symbols[place] !== undefined;
  if (kind === "values") return view.results.filter(asked).map((place) => ({ kind, place }));
  if (kind === "gradients") {
    const { reached } = graph.adjoints(graph.recorded, root);
    const places = [...graph.names.keys()].filter((place) => reached[place] && place !== root && seen(place));
    const learns = places.filter((place) => graph.data.learns.includes(place));
    return graph.byName(learns.length > 0 ? learns : places.filter(asked)).map((place) => ({ kind, place }));
  }
  return view.results.flatMap((place) =>
    view.operands(place).flatMap((operand, position) =>
      graph.isConstant(operand) || view.isPlain(place, position) ? [] : [{ kind, place, position }],
    ),
  );
}

/** The questions that Python chose, as far as the view shows them. */
function chosen(view) {
  return view.graph.data.questions.flatMap(([kind, place, operand]) => {
    if (operand === undefined) return [{ kind, place }];
    const position = view.operands(place).indexOf(operand);
    return position < 0 ? [] : [{ kind, place, position }];
  });
}

/** A count from outside of the page: a whole number that people can reach. */
const bounded = (count) => (Number.isInteger(count) && count >= 0 && count < 1e4 ? count : 0);

export class Quiz {
  constructor(graph, notation) {
    this.graph = graph;
    this.notation = notation;
    this.kinds = [];
    this.questions = [];
    this.started = 0; // in milliseconds
    this.ended = 0;
  }

  get running() {
    return this.kinds.length > 0;
  }

  get finished() {
    return this.questions.every(({ solved }) => solved);
  }

  get asking() {
    return this.running && !this.finished;
  }

  /** True if there are answers that a reader would not want to lose. */
  get hasAnswers() {
    return this.asking && this.questions.some(({ typed }) => typed);
  }

  /** view: whose numbers are asked for. seen(place): whether a value has a box, as those in closed
   * groups have not. */
  start(kinds, root, values, view, seen) {
    const { graph } = this;
    this.view = view;
    this.kinds = kinds;
    this.started = Date.now();
    this.ended = 0;
    this.root = root;
    this.values = values;
    this.adjoints = graph.adjoints(values, root);
    const { questions, quiz, roots } = graph.data;
    const isChosen = questions && root === roots[0] && String(kinds) === String(quiz);
    this.questions = (isChosen ? chosen(view) : kinds.flatMap((kind) => questionsOf(kind, view, root, seen)))
      .filter(({ place }) => seen(place))
      .slice(0, LIMITS.MOST_QUESTIONS)
      .map((question) => ({ ...question, typed: "", solved: false, hints: 0, wrong: 0 }));
  }

  /** True if a number of the picture is blank: its kind is asked for, and it is not found yet. */
  hides(kind, place, position) {
    if (!this.kinds.includes(kind) || this.finished) return false;
    const found = this.find(kind, place, position);
    if (found) return !found.solved;
    if (kind === "values") return this.graph.rows[place] !== null;
    return kind === "gradients" ? place !== this.root : false;
  }

  /** The number that a question asks for. */
  answer({ kind, place, position }) {
    if (kind === "values") return this.values[place];
    if (kind === "gradients") return this.adjoints.of[place];
    return this.view.partials(this.values, place)[position];
  }

  /** The number that a question asks for, in MathML and in words. */
  symbol({ kind, place, position }) {
    const { notation, graph, view } = this;
    if (kind === "values") return [notation.name(place), graph.names[place]];
    const bottom = kind === "gradients" ? place : view.operands(place)[position];
    const top = kind === "gradients" ? this.root : place;
    return [notation.derivative(top, bottom), `d${graph.names[top]}/d${graph.names[bottom]}`];
  }

  /** Judge what was typed: a sentence, and whether it was right. */
  try(question, text) {
    const numeral = read(text);
    if (!numeral) return "Give a decimal number, such as 0.0822 or -1.5e-3.";
    const value = this.answer(question);
    const verdict = judge(numeral, value, this.interval(question));
    if (verdict === "coarse") return COARSE;
    if (verdict === "wrong") {
      question.wrong += 1;
      const opposite = judge({ ...numeral, digits: -numeral.digits }, value);
      if (!["rounds", "truncates"].includes(opposite)) return "not right";
      return `not right: ${value < 0 ? "the minus sign is missing" : "a minus sign too many"}`;
    }
    question.typed = text.trim();
    this.solve([question]);
    return RIGHT[verdict];
  }

  /** Within what bounds the answer is if it is computed from the numbers that are shown. */
  interval(question) {
    const { view, values, adjoints } = this;
    const { kind, place, position } = question;
    const operands = () => view.operands(place).map((operand) => this.shown("values", operand));
    if (kind === "values") return localBounds(view, place, operands(), ({ value }) => value);
    if (kind === "partials") {
      return localBounds(view, place, operands(), ({ partials }) => partials[position]);
    }
    let [low, high] = [0, 0];
    for (const user of view.below(this.root)) {
      const partials = view.partials(values, user);
      view.operands(user).forEach((operand, at) => {
        if (operand !== place) return;
        const adjoint = this.shown("gradients", user);
        const partial = this.around(partials[at], this.find("partials", user, at));
        const products = adjoint.flatMap((a) => partial.map((b) => a * b));
        low += Math.min(...products);
        high += Math.max(...products);
      });
    }
    return adjoints.reached[place] ? [low, high] : null;
  }

  shown(kind, place) {
    const value = kind === "values" ? this.values[place] : this.adjoints.of[place];
    if (kind === "values" && !this.graph.rows[place]) return [value, value];
    return this.around(value, this.find(kind, place));
  }

  /** The question about a number, if there is one. */
  find(kind, place, position) {
    return this.questions.find(
      (each) => each.kind === kind && each.place === place && each.position === position,
    );
  }

  /** The numbers within a unit of the digits that are shown, or were typed as the answer to a question. */
  around(value, question) {
    const { digits } = this.graph.data;
    const typed = question?.typed ?? "";
    const { number, unit } = about(read(typed || format(value, digits)));
    if (number === value) return [value, value];
    // Of what is shown, zeros at the end are left out.
    const last = typed ? unit : 10 ** (shortest(value).exponent - digits + 1);
    return [number - last, number + last];
  }

  /** The next hint to a question, in HTML; "" after the last. */
  hint(question, chains) {
    const { kind, place, position } = question;
    const hints =
      kind === "gradients"
        ? chains.hints(this.values, this.root, place)
        : [null, told]
            .map((write) =>
              kind === "values"
                ? this.view.formula(this.values, place, write)
                : this.view.partialFormula(this.values, place, position, true, write),
            )
            .map((side) => inline(equal(this.symbol(question)[0], side)));
    const hint = hints[question.hints] ?? "";
    if (hint) question.hints += 1;
    return hint;
  }

  /** The answers so far, to be kept over a reload. */
  get answers() {
    return this.questions.map(({ typed, hints, wrong }) => [typed, hints, wrong]);
  }

  /** Take answers that were kept; each is judged again. spent: milliseconds before. */
  restore(answers, spent) {
    if (spent > 0 && Number.isFinite(spent)) this.started = Date.now() - spent;
    if (!Array.isArray(answers) || answers.length !== this.questions.length) return;
    answers.forEach((answer, k) => {
      const [typed, hints, wrong] = Array.isArray(answer) ? answer : [];
      const question = this.questions[k];
      if (typeof typed === "string" && typed) this.try(question, typed);
      question.hints = bounded(hints);
      question.wrong = bounded(wrong);
    });
  }

  reveal() {
    this.solve(this.questions);
  }

  solve(questions) {
    for (const question of questions) question.solved = true;
    if (this.finished) this.ended ||= Date.now();
  }

  /** Milliseconds so far, or until the last answer. */
  get spent() {
    return (this.ended || Date.now()) - this.started;
  }

  score() {
    if (this.questions.length === 0) return this.running ? "There is nothing to ask." : "";
    const sum = (count) => this.questions.reduce((total, each) => total + count(each), 0);
    const right = sum(({ typed }) => (typed ? 1 : 0));
    const tries = sum(({ wrong }) => wrong);
    return `${right} of ${this.questions.length} right, ${tries} wrong, ${sum(({ hints }) => hints)} hints`;
  }
}

/** Other numbers of two digits for the leaves that learn, at which the graph has values; inputs and
 * targets stay. null if none were found. */
export function otherNumbers(graph, root, learns) {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const numbers = Float64Array.from(graph.start);
    for (const place of learns) {
      const start = graph.start[place];
      const moved = start === 0 ? 2 * Math.random() - 1 : start * (0.5 + Math.random());
      numbers[place] = Number(moved.toPrecision(2));
    }
    const values = graph.replay(numbers);
    const { of } = graph.adjoints(values, root);
    if (values.every(Number.isFinite) && of.every(Number.isFinite) && !graph.stale(values)) return numbers;
  }
  return null;
}
