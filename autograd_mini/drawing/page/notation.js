// Mathematics as the page writes it, in MathML. Formulas come from Python with holes:
// {x} {y} {z} or {3} for a value, {} between factors, {(} and {)} where parentheses may be needed.
import { allDigits } from "./numbers.js";

export const DOT = "<mo>\u22c5</mo>";
const THIN = '<mspace width="0.17em"></mspace>';
const PARTIAL = '<mo form="prefix" lspace="0" rspace="0">\u2202</mo>';
const MINUS = '<mo form="prefix">\u2212</mo>';
export const PLUS = '<mo form="infix">+</mo>';
const EQUALS = "<mo>=</mo>";

export const row = (...parts) => `<mrow>${parts.join("")}</mrow>`;
const parenthesized = (written) => row("<mo>(</mo>", written, "<mo>)</mo>");
export const product = (factors) => factors.join(DOT);
export const equal = (...sides) => sides.join(EQUALS);
export const inline = (written) => `<math>${written}</math>`;

/** Sides that are equal, in a sentence: its line may be broken before each =, + and -. */
export const inlineEqual = (...sides) =>
  sides
    .flatMap((side, k) => pieces(k === 0 ? side : `<mo form="infix">=</mo>${side}`))
    .map(inline)
    .join(" ");

/** A formula in pieces that begin with the operators outside of all parentheses and fractions. */
function pieces(written) {
  const found = [""];
  let depth = 0;
  for (const [tag, name] of written.matchAll(/<(\/?\w+)[^>]*>|[^<]+/g)) {
    if (depth === 0 && tag.startsWith('<mo form="infix"') && found.at(-1)) found.push("");
    if (name) depth += name.startsWith("/") ? -1 : 1;
    found[found.length - 1] += tag;
  }
  return found;
}
export const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Digits, maybe with a sign and an exponent. */
export function number(digits) {
  if (digits.startsWith("-")) return row(MINUS, number(digits.slice(1)));
  if (!/\d/.test(digits)) return `<mtext>${digits}</mtext>`;
  const [mantissa, exponent] = digits.split("e");
  if (exponent === undefined) return `<mn>${mantissa}</mn>`;
  return row(`<mn>${mantissa}</mn><mo>\u00d7</mo><msup><mn>10</mn>${number(exponent)}</msup>`);
}

/** A number beside others: a negative one in parentheses. */
export const factor = (digits) =>
  digits.startsWith("-") ? parenthesized(number(digits)) : number(digits);

export class Notation {
  constructor(graph) {
    this.graph = graph;
  }

  name(place) {
    const { data, names } = this.graph;
    return data.symbols[place] ?? `<msub><mi>v</mi><mn>${names[place].slice(1)}</mn></msub>`;
  }

  derivative(top, bottom) {
    return `<mfrac>${row(PARTIAL, this.name(top))}${row(PARTIAL, this.name(bottom))}</mfrac>`;
  }

  /** A formula whose holes are filled with names, or as write(place) says. alone: whether nothing
   * stands beside it. */
  formula(template, alone = true, write = null) {
    const meaning = (hole) => (write ? factor(write(Number(hole))) : this.name(Number(hole)));
    return filled(template, meaning, write ? DOT : THIN, alone);
  }

  /** The rule of an operation, with the names of its operands; write: with their numbers. */
  rule(values, place, position, { alone = true, write = null } = {}) {
    const { operands } = this.graph;
    const template = this.graph.rule(values, place, position);
    const figure = alone && /^{[xyz]}$/.test(template) ? number : factor;
    const meaning = (hole) => {
      const meant = hole === "z" ? place : operands[place]["xy".indexOf(hole)];
      if (this.graph.isConstant(meant)) return figure(allDigits(values[meant]));
      return write ? figure(write(values[meant])) : this.name(meant);
    };
    return filled(template, meaning, write ? DOT : THIN, alone);
  }
}

function filled(template, meaning, between, alone) {
  const bracket = (sign) => (alone ? "" : `<mo stretchy="false">${sign}</mo>`);
  return template.replace(/\{([^}]*)\}/g, (_, hole) => {
    if (hole === "") return between;
    return "()".includes(hole) ? bracket(hole) : meaning(hole);
  });
}

/** A sum on one line. */
export const sum = (terms) => terms.join(PLUS);

/** An equation. rows: the ways to write its right side, each a list of lines that begin with a sign,
 * but for the first. */
export function equation(left, rows) {
  const cell = (written) => `<mtd>${row(written)}</mtd>`;
  const cells = (...three) => `<mtr>${three.map(cell).join("")}</mtr>`;
  const lines = rows.flatMap((right, k) =>
    right.map(([sign, line], at) =>
      cells(k === 0 && at === 0 ? left : "", `<mi></mi>${at === 0 ? EQUALS : sign}`, line),
    ),
  );
  return `<math display="block"><mtable displaystyle="true">${lines.join("")}</mtable></math>`;
}
