// The panel that explains a derivative: which one, and why it is that number.
import { option } from "./elements.js";
import { latex } from "./latex.js";
import { copied } from "./panels.js";

const FACTORS_ON_A_LINE = [Infinity, 6, 4, 3, 2]; // the first that fits

export class WhyPanel {
  /** listed: the places to choose from. choose(asked) is called with top and bottom of a derivative, or
   * null; light(pair) with the link that is pointed at, "result,operand", or nothing. */
  constructor(graph, find, listed, choose, light) {
    this.find = find;
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
    answer.addEventListener("pointerover", ({ target }) => light(target.closest("[data-edge]")?.dataset.edge));
    answer.addEventListener("pointerleave", () => light());
    find("copy").addEventListener("click", () => copied(find("copy"), latex(answer.querySelector("math"))));
  }

  /** asked: top and bottom of a derivative. chains: those of the root. isSilent: as in a quiz. */
  show(values, { top, bottom }, chains, isSilent) {
    const { find } = this;
    find("top").value = String(top);
    find("bottom").value = bottom === null ? "" : String(bottom);
    const answered = bottom !== null && !isSilent;
    find("copy").hidden = !answered || !navigator.clipboard;
    const answer = find("answer");
    for (const most of FACTORS_ON_A_LINE) {
      answer.innerHTML = answered ? chains.derivation(values, top, bottom, most) : "";
      if (answer.scrollWidth <= answer.clientWidth) break;
    }
  }
}
