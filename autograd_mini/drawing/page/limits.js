// The limits of bundle.py, for a module that is loaded by itself. A page gets them from Python, and
// tests/drawing/test_explorer.py compares both.
export const LIMITS = {
  MOST_PATHS: 6,
  MOST_TERMS: 8,
  MOST_FACTORS: 12,
  DECIMALS: 9,
  LONGEST_NUMERAL: 400,
  DOUBT: 4,
  ROUNDING: 1e-13,
  WRITTEN_OUT_BELOW: 1000000.0,
  SMALLEST: -5,
  LARGEST: 15,
  SMALLEST_TEXT: 12,
  LONGEST_STUB: 21,
  MOST_QUESTIONS: 40,
};
