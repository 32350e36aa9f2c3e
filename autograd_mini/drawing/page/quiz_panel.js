// The quiz as it is seen: a line for each question, with a field, a hint and a verdict.
import { make } from "./elements.js";
import { equal, inline } from "./notation.js";
import { allDigits } from "./numbers.js";
import { confirmed } from "./panels.js";

export class QuizPanel {
  /** changed() is called when an answer was found, or another question is worked; keep() when there
   * is an answer or a hint more; begin(kinds) to ask for other kinds of numbers, or none; renew() for
   * other numbers in the leaves. */
  constructor(find, quiz, { changed, keep, begin, renew }) {
    Object.assign(this, { find, quiz, changed, keep });
    this.now = -1; // the place that the question being worked is about
    const on = (name, act) => find(name).addEventListener("click", act);
    const erasing = (name, act) => on(name, () => confirmed(find(name), quiz.hasAnswers) && act());
    erasing("ask", () => begin([find("blanks").value]));
    erasing("leave", () => begin([]));
    erasing("fresh", () => {
      renew();
      begin(quiz.running ? quiz.kinds : [find("blanks").value]);
    });
    on("reveal", () => {
      quiz.reveal();
      this.show();
      changed();
    });
    on("print", () => window.print());
  }

  /** Rewrite the questions. chains: those of the root of the question. */
  fill(chains) {
    this.now = -1;
    this.find("questions").replaceChildren(...this.quiz.questions.map((question) => this.line(question, chains)));
    this.show();
  }

  line(question, chains) {
    const { quiz } = this;
    const [symbol, words] = quiz.symbol(question);
    const line = make("li");
    const label = make("label", { innerHTML: inline(equal(symbol, "")) });
    const field = make("input", { type: "text", size: 14, inputMode: "text" }, words);
    label.append(field);
    const hint = make("button", { type: "button", textContent: "Hint" }, `Hint for ${words}`);
    const said = make("span");
    said.setAttribute("role", "status");
    const help = make("div");
    field.addEventListener("focus", () => {
      this.now = question.place;
      this.changed();
    });
    field.addEventListener("change", () => {
      if (question.solved || field.value.trim() === "") return;
      said.textContent = quiz.try(question, field.value);
      field.setAttribute("aria-invalid", String(!question.solved));
      this.show();
      if (question.solved && this.entered) this.next(question);
      if (question.solved) this.changed();
    });
    field.addEventListener("keydown", ({ key }) => (this.entered = key === "Enter"));
    hint.addEventListener("click", () => {
      const text = quiz.hint(question, chains);
      if (text) help.insertAdjacentHTML("beforeend", `<p>${text}</p>`);
      else said.textContent = "There are no more hints.";
      this.show();
    });
    line.append(label, hint, said, help);
    question.field = field;
    question.close = () => {
      field.readOnly = true;
      hint.disabled = true;
      field.value = question.typed || allDigits(quiz.answer(question));
    };
    return line;
  }

  /** Go to the first question about a place that is open. */
  focus(place) {
    this.quiz.questions.find((each) => each.place === place && !each.solved)?.field.focus();
  }

  /** Go on to the next open question. */
  next({ field }) {
    const open = this.quiz.questions.filter(({ solved }) => !solved);
    const after = open.find((each) => field.compareDocumentPosition(each.field) & Node.DOCUMENT_POSITION_FOLLOWING);
    (after ?? open[0])?.field.focus();
  }

  show() {
    for (const question of this.quiz.questions) {
      if (question.solved) question.close();
      const { solved, typed, wrong, hints, field } = question;
      const tries = wrong + hints > 0 ? `${wrong} wrong, ${hints} hints` : "";
      field.parentNode.dataset.tries = solved && !typed ? "shown" : tries; // on paper
    }
    const { quiz } = this;
    const seconds = Math.round(quiz.spent / 1000);
    this.find("score").textContent = quiz.score();
    this.find("spent").textContent =
      quiz.finished && seconds > 0 ? `Time: ${Math.floor(seconds / 60)} min ${seconds % 60} s` : "";
    this.keep();
  }
}
