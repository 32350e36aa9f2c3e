// How numbers are written: as in Python, to the last digit.

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

/** Digits with a point where the exponent says. */
function placed(digits, exponent) {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, "0");
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

const unpadded = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

function notFinite(x) {
  return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

/** x with at least `digits` significant digits and no padding, as pictures have it. */
export function format(x, digits) {
  if (x === 0) return "0";
  if (!Number.isFinite(x)) return notFinite(x);
  const size = Math.abs(x);
  const whole = 10 ** digits <= size && size < 1e6;
  const count = whole ? String(Math.trunc(size)).length : digits;
  const { digits: found, exponent } = rounded(x, count);
  const sign = x < 0 ? "-" : "";
  if (whole) return sign + placed(found, exponent);
  if (exponent < -4 || exponent >= digits) {
    return `${sign}${unpadded(placed(found, 0))}e${exponent}`;
  }
  return sign + unpadded(placed(found, exponent));
}

/** All digits that tell x from every other number. */
export function allDigits(x) {
  return Number.isFinite(x) ? String(x).replace("e+", "e") : notFinite(x);
}

/** A number as a factor: a negative one in parentheses. */
export function factor(x, write) {
  return x < 0 ? `(${write(x)})` : write(x);
}
