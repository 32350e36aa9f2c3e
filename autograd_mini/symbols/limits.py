"""Limits of what is written and read, which Python and the JavaScript of the page share."""

from __future__ import annotations

# A derivation: paths and terms that are written out, factors of a term, decimals of its numbers.
MOST_PATHS = 6
MOST_TERMS = 8
MOST_FACTORS = 12
DECIMALS = 9

# A printed number: its length, and how far a computed one may be from the number that was meant, in
# units in the last place and, after a computation as long as a line of a sheet, as a ratio.
LONGEST_NUMERAL = 400
DOUBT = 4
ROUNDING = 1e-13
