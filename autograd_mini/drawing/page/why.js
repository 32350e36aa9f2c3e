// The panel that explains a derivative: which one, why it is that number, and factor by factor.
import { COLOURS } from "./chains.js";
import { option } from "./elements.js";
import { aligned } from "./latex.js";
import { copied } from "./panels.js";

const FACTORS_ON_A_LINE = [Infinity, 6, 4, 3, 2]; // the first that fits

export class WhyPanel {
  /** listed: the places to choose from. choose(asked) is called with top and bottom of a derivative, or
   * null; light(pair) with the link that is pointed at, "result,operand", or nothing. */
  constructor(graph, find, listed, choose, light) {
    this.find = find;
    this.light = light;
    this.names = graph.names;
    this.stops = []; // of the walk along the factors
    this.at = -1; // the stop of the walk, or before the first one
    const options = () => listed.map((place) => option(place, graph.names[place]));
    find("top").replaceChildren(...options());
    find("bottom").replaceChildren(option("", "click a box"), ...options());
    for (const name of ["top", "bottom"]) {
      find(name).addEventListener("change", () => {
        const [top, bottom] = [find("top").value, find("bottom").value];
        choose(bottom === "" ? null : { top: Number(top), bottom: Number(bottom) });
      });
    }
    const answer = find("answer");
    answer.addEventListener("pointerover", ({ target }) => {
      light(target.closest("[data-edge]")?.dataset.edge ?? this.edge);
    });
    answer.addEventListener("pointerleave", () => light(this.edge));
    find("copy").addEventListener("click", () => copied(find("copy"), aligned(answer.querySelectorAll("mtr"))));
  }

  /** asked: top and bottom of a derivative. chains: those of the root. isSilent: as in a quiz. */
  show(values, { top, bottom }, chains, isSilent) {
    const { find } = this;
    this.choose(find("top"), top);
    this.choose(find("bottom"), bottom ?? "");
    const answered = bottom !== null && !isSilent;
    find("copy").hidden = !answered || !navigator.clipboard;
    const answer = find("answer");
    const fits = (...layout) => {
      answer.innerHTML = answered ? chains.derivation(values, top, bottom, ...layout) : "";
      return answer.scrollWidth <= answer.clientWidth;
    };
    const panels = find("panels");
    const isWhole = () => panels.scrollHeight <= panels.clientHeight;
    (fits() && isWhole()) || fits(Infinity, true) || FACTORS_ON_A_LINE.some((most) => fits(most));
    this.stops = answered ? chains.walk(values, top, bottom) : [];
    const question = answered ? `${top},${bottom}` : "";
    if (question !== this.question) this.at = -1;
    this.question = question;
    this.showStop();
  }

  /** Choose a place in a list, which may not have it yet. */
  choose(list, place) {
    if (!list.querySelector(`[value="${place}"]`)) list.append(option(place, this.names[place]));
    list.value = String(place);
  }

  /** Go a factor on, or back, by 1 or -1; whether there is one. */
  walk(by) {
    const to = this.at + by;
    if (to < -1 || to >= this.stops.length) return false;
    this.at = to;
    this.showStop();
    return true;
  }

  showStop() {
    const { link, term, said } = this.stops[this.at] ?? {};
    this.operand = link?.operand;
    this.edge = link ? `${link.result},${link.operand}` : "";
    const hint = this.stops.length > 0 ? "<b>Forward</b> goes through it, factor by factor." : "";
    this.find("walk").innerHTML = said ?? hint;
    for (const factor of this.find("answer").querySelectorAll("[data-edge]")) {
      const owner = factor.closest("[data-term]")?.dataset.term;
      const isIn = owner === undefined || Number(owner) === (term % COLOURS) + 1;
      factor.classList.toggle("now", factor.dataset.edge === this.edge && isIn);
    }
    this.light(this.edge);
  }
}
