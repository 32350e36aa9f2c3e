// LaTeX of the mathematics that the page shows.

const SIGNS = {
  "\u22c5": "\\cdot ", "\u2212": "-", "\u00d7": "\\times ", "\u2202": "\\partial ", "\u2264": "\\le ",
  "\u2265": "\\ge ", "\u2260": "\\ne ", "\u221e": "\\infty ", "\u22ef": "\\cdots ",
};
const GREEK =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega".split(" ");
const FUNCTIONS = /^(exp|log|sin|cos|tan|sinh|cosh|tanh|arcsin|arccos|arctan|max|min)$/;
const LARGE = { "(": "\\left(", ")": "\\right)" };

/** LaTeX of the rows of tables as one `aligned`, to stand in displayed mathematics. */
export const aligned = (rows) => `\\begin{aligned}\n${[...rows].map(latex).join(" \\\\\n")}\n\\end{aligned}`;

/** LaTeX of an element of MathML. */
function latex(element) {
  const text = element.textContent;
  const parts = () => [...element.children].map(latex);
  switch (element.localName) {
    case "mn":
      return signs(text);
    case "mi":
      return identifier(text);
    case "mo":
      return element.getAttribute("stretchy") === "false" ? text : (LARGE[text] ?? signs(text));
    case "mtext":
      return `\\text{${text.replace(/[#$%&_{}]/g, "\\$&").replace("\u22ef", "$\\cdots$")}}`;
    case "mspace":
      return "\\,";
    case "mfrac":
      return `\\frac{${parts().join("}{")}}`;
    case "msub":
      return `${parts().join("_{")}}`;
    case "msup":
      return `${parts().join("^{")}}`;
    case "msqrt":
      return `\\sqrt{${parts().join("")}}`;
    case "mtr":
      return `${latex(element.children[0])} &${parts().slice(1).join(" ")}`;
    default:
      return parts().join("");
  }
}

const signs = (text) => [...text].map((sign) => SIGNS[sign] ?? sign).join("");

function identifier(name) {
  const greek = GREEK[(name.codePointAt(0) | 0x20) - 0x3b1];
  if (greek) return `\\${name === name.toUpperCase() ? greek[0].toUpperCase() + greek.slice(1) : greek} `;
  if (name.length < 2) return name;
  return FUNCTIONS.test(name) ? `\\${name}` : `\\mathrm{${name.replaceAll("_", "\\_")}}`;
}
