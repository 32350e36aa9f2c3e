// The verdict on typed digits, as `check_printed` gives it (checking/digits).
import { LIMITS } from "./limits.js";
import { shortest } from "./numbers.js";

const NUMERAL = /^([-+\u2212]?)(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([-+\u2212]?)(\d+))?$/;
const { LONGEST_NUMERAL, DOUBT, ROUNDING } = LIMITS; // those of `check_printed`
const SURE = BigInt(Math.round(1 / ROUNDING));

/** A typed decimal: digits * 10 ** power, exactly; null if it is not a decimal. */
export function read(text) {
  const found = NUMERAL.exec(text.trim());
  if (!found || text.length > LONGEST_NUMERAL) return null;
  const [, sign, whole, decimals, sign10, digits10] = found;
  const power = Number(digits10 ?? 0) * ("+".includes(sign10 ?? "") ? 1 : -1);
  if (Math.abs(power) > LONGEST_NUMERAL) return null;
  const size = BigInt(whole + decimals);
  return {
    digits: "+".includes(sign) ? size : -size,
    power: power - decimals.length,
    places: decimals.length,
    scientific: digits10 !== undefined && whole.length === 1 && whole !== "0",
  };
}

/** The number that a typed decimal is, and one unit in its last place. */
export function about({ digits, power }) {
  return { number: Number(`${digits}e${power}`), unit: Number(`1e${power}`) };
}

/** "rounds", "truncates", "carried", "coarse" or "wrong". The last place of a number has to reach the
 * first digit of the value that is not 0, or the number is too coarse to be right.
 * interval: the bounds of a value that was computed from the rounded numbers that are shown. */
export function judge(numeral, value, interval = null) {
  if (!Number.isFinite(value)) return "wrong";
  const exact = decimal(value);
  const doubt = decimal(DOUBT * spacing(value));
  let power = numeral.power;
  // Below a power of ten a mantissa shows one decimal more.
  if (numeral.scientific && value !== 0) power = Math.min(power, shortest(value).exponent - numeral.places);
  const base = Math.min(power, numeral.power, exact.power, doubt.power);
  const scaled = (x) => x.digits * 10n ** BigInt(x.power - base);
  const [typed, meant, slack] = [numeral, exact, doubt].map(scaled);
  const unit = 10n ** BigInt(power - base);
  const coarse = value !== 0 && unit * SURE > size(meant) * (SURE + 1n); // 0.0999999999999999 is 0.1
  const shown = () => interval !== null && shows(numeral, ...interval);
  if (coarse) return shown() ? "carried" : "coarse";
  if (2n * size(typed - meant) <= unit + 2n * slack) return "rounds";
  const truncated = ((size(meant) + slack) / unit) * unit;
  if (typed === (meant < 0n ? -truncated : truncated)) return "truncates";
  return shown() ? "carried" : "wrong";
}

/** True if a decimal rounds or truncates a number from `low` to `high`. */
function shows(numeral, low, high) {
  const { number, unit } = about(numeral);
  const sizes = [low, high].filter(Number.isFinite).map(Math.abs);
  const doubt = ROUNDING * Math.max(0, ...sizes);
  if (number === 0) return low <= doubt && high >= -doubt;
  const [least, most] = number < 0 ? [-high, -low] : [low, high];
  const size = Math.abs(number);
  const from =
    numeral.scientific && size <= unit ? size - unit / 20 : Math.max(size - unit / 2, unit);
  return most >= from - doubt && least < size + unit - doubt;
}

/** A float as the decimal that it is shown as. */
function decimal(x) {
  const { digits, exponent } = shortest(x);
  return { digits: BigInt(digits) * (x < 0 ? -1n : 1n), power: exponent - (digits.length - 1) };
}

const size = (x) => (x < 0n ? -x : x);

/** The distance from |x| to the next larger float. */
function spacing(x) {
  const bits = new BigInt64Array(1);
  const float = new Float64Array(bits.buffer);
  float[0] = Math.abs(x);
  bits[0] += 1n;
  return float[0] - Math.abs(x);
}
