// Numbers as text: as in Python, to the last digit.

import { LIMITS } from "./limits.js";

/** The first `count` digits of |x|, ties to even, and the power of ten of the first. */
function rounded(x, count) {
  const [mantissa, power] = Math.abs(x).toExponential(Math.min(100, count + 40)).split("e");
  const all = mantissa.replace(".", "");
  const half = "5".padEnd(all.length - count, "0");
  const rest = all.slice(count);
  let digits = all.slice(0, count);
  let exponent = Number(power);
  if (rest > half || (rest === half && Number(digits.at(-1)) % 2 === 1)) {
    digits = String(BigInt(digits) + 1n);
    if (digits.length > count) {
      digits = digits.slice(0, count);
      exponent += 1;
    }
  }
  return { digits, exponent };
}

/** The fewest digits that tell |x| from every other number, and the power of ten of the first. */
export function shortest(x) {
  const [mantissa, power] = Math.abs(x).toExponential().split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(power) };
}

/** Digits with a point where the exponent says. */
function placed({ digits, exponent }) {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, "0");
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

const unpadded = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
const signOf = (x) => (x < 0 ? "-" : "");

/** Digits and a power of ten: 4.3e-12. */
function scientific(x, count) {
  const { digits, exponent } = rounded(x, count);
  return `${signOf(x)}${unpadded(placed({ digits, exponent: 0 }))}e${exponent}`;
}

/** x with so many decimals; it has a digit among them. */
function fixed(x, places) {
  return signOf(x) + placed(rounded(x, shortest(x).exponent + 1 + places));
}

function notFinite(x) {
  return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

/** x with at least `digits` significant digits and no padding, as pictures have it. */
export function format(x, digits) {
  if (x === 0) return "0";
  if (!Number.isFinite(x)) return notFinite(x);
  const size = Math.abs(x);
  const found = rounded(x, digits);
  if (found.exponent >= digits && size < LIMITS.WRITTEN_OUT_BELOW) {
    return signOf(x) + placed(rounded(x, String(Math.trunc(size)).length));
  }
  if (found.exponent < -4 || found.exponent >= digits) return scientific(x, digits);
  return signOf(x) + unpadded(placed(found));
}

export const HIDDEN = "?"; // what the quiz asks for

/** All digits that tell x from every other number. */
export function allDigits(x) {
  return Number.isFinite(x) ? String(x).replace("e+", "e") : notFinite(x);
}

/** A function that writes the numbers of one derivation with the same number of decimals, as
 * `explain` does (derivation/decimals.py). */
export function decimals(digits, numbers) {
  const sizes = numbers.filter(Number.isFinite).map(Math.abs);
  const largest = Math.max(0, ...sizes);
  const places = Math.max(digits - (largest >= 1 ? shortest(largest).exponent : 0), 0);
  return (x) => {
    if (!Number.isFinite(x)) return notFinite(x);
    if (x === 0) return "0";
    const exact = shortest(x);
    const size = exact.exponent;
    if (size < LIMITS.SMALLEST || size >= LIMITS.LARGEST) return scientific(x, digits);
    const written = placed(exact);
    const [, after = ""] = written.split(".");
    if (after.length < places || !after) return signOf(x) + written;
    if (places + size + 1 >= Math.floor((digits + 1) / 2)) return fixed(x, places);
    return fixed(x, Math.max(digits - 1 - size, 0));
  };
}
