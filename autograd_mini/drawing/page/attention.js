// The panel of attention: for each head, which position looks at which, as a matrix of weights.
import { button, make, write } from "./elements.js";
import { format } from "./numbers.js";

const DECIMALS_OF_WEIGHT = 2;
const DIGITS_OF_SLOPE = 2;

export class AttentionPanel {
  /** attention: see data.py. ask(place): called for the weight that is clicked. */
  constructor(graph, { positions, heads }, element, ask) {
    this.strongest = graph.data.strongest;
    this.cells = [];
    const short = positions.map((name) => name.split(" ").at(-1));
    for (const [name, rows] of Object.entries(heads)) {
      const table = make("table");
      table.append(make("caption", { textContent: name }), this.line("looks at", short.map((each) => make("th", { textContent: each, scope: "col" }))));
      rows.forEach((row, k) => table.append(this.line(positions[k], row.map((place, at) => this.cell(place, `${positions[k]} looks at ${short[at]}`, ask)))));
      element.append(table);
    }
  }

  line(name, cells) {
    const line = make("tr");
    line.append(make("th", { textContent: name, scope: "row" }), ...cells);
    return line;
  }

  cell(place, name, ask) {
    const cell = make("td");
    if (place === null) {
      this.tint(cell, 1);
      cell.textContent = (1).toFixed(DECIMALS_OF_WEIGHT); // a position that has only itself to look at
      return cell;
    }
    const [weight, data, grad] = ["span", "span", "small"].map((tag) => make(tag));
    weight.append(data, grad);
    button(weight, null, () => ask(place));
    weight.setAttribute("tabindex", "0");
    cell.append(weight);
    this.cells.push({ place, name, cell, weight, data, grad });
    return cell;
  }

  tint(cell, weight) {
    cell.style.setProperty("--weight", `${100 * this.strongest * weight}%`);
  }

  /** Write the weights, and below each its gradient. known(place): whether its value is. */
  show(values, { of, reached }, known) {
    for (const { place, name, cell, weight, data, grad } of this.cells) {
      const number = known(place) ? values[place] : 0;
      this.tint(cell, Math.min(1, Math.max(0, number)) || 0);
      write(data, known(place) ? number.toFixed(DECIMALS_OF_WEIGHT) : "");
      write(grad, reached[place] ? format(of[place], DIGITS_OF_SLOPE) : "-");
      weight.setAttribute("aria-label", `${name}: ${data.textContent || "not computed"}, gradient ${grad.textContent}`);
    }
  }
}
