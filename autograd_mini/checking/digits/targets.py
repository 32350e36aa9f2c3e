"""Target: the number that a printed numeral should show.

>>> from autograd_mini.checking.digits.numerals import read
>>> Target.of(0.1 + 0.2).verdict(read("0.3")), Target.of(0.29).verdict(read("0.2"))
('rounds', 'truncates')
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal, NamedTuple

from autograd_mini.checking.digits.numerals import Numeral, order
from autograd_mini.symbols.limits import DOUBT, ROUNDING

RELATIVE_DOUBT = Fraction(ROUNDING)


class Target(NamedTuple):
    """A number, and by how much it is in doubt."""

    number: Fraction
    doubt: Fraction

    @classmethod
    def of(cls, value: float) -> Target:
        """The decimal that the float `value` is shown as, and that its neighbours may be."""
        return cls(Fraction(repr(value)), DOUBT * Fraction(math.ulp(value)))

    def times(self, factor: Fraction) -> Target:
        """The target of a numeral that is `factor` times this one's."""
        return Target(self.number * factor, self.doubt * abs(factor))

    def is_exactly(self, numeral: Numeral) -> bool:
        """True if `numeral` is the number in full."""
        return abs(numeral.number - self.number) <= self.doubt

    def missing_digits(self, numeral: Numeral) -> int:
        """The number of digits that `numeral` lacks to reach the first significant digit.

        Where it needs some, it is too coarse to be right. The rule of sheets and of the page's
        quiz: the last place of a printed number has to reach the first digit of the exact value
        that is not 0. So a printed 0 shows 0 alone, 0.02 shows 0.0236, and 1 does not show 0.6.
        """
        unit = self._unit(numeral)
        # A line such as 0.6 - 0.6 + 0.1 computes 0.0999999999999999.
        if self.number == 0 or unit <= abs(self.number) * (1 + RELATIVE_DOUBT):
            return 0
        return order(unit) - order(self.number)

    def _unit(self, numeral: Numeral) -> Fraction:
        # Below a power of ten a mantissa shows one decimal more: 9.9e-5 is not 1.04e-4 rounded.
        return min(numeral.unit, numeral.unit_for(self.number))

    def verdict(self, numeral: Numeral) -> Literal["rounds", "truncates", "wrong"]:
        """The verdict on `numeral`: the number rounded, or truncated, or another."""
        if self.missing_digits(numeral):
            return "wrong"
        unit = self._unit(numeral)
        if abs(numeral.number - self.number) <= unit / 2 + self.doubt:
            return "rounds"
        return "truncates" if numeral.number == self.truncated(numeral) else "wrong"

    def truncated(self, numeral: Numeral) -> Fraction:
        """The number without the digits that `numeral` has no place for."""
        unit = self._unit(numeral)
        units = (abs(self.number) + self.doubt) // unit
        return -units * unit if self.number < 0 else units * unit


def shows(numeral: Numeral, low: float, high: float) -> bool:
    """True if `numeral` rounds or truncates a number from `low` to `high`, and is not too coarse.

    >>> from autograd_mini.checking.digits.numerals import read
    >>> shows(read("0.25"), 0.24, 0.2451), shows(read("0.0"), 0.01, 0.02)
    (True, False)
    """
    doubt = ROUNDING * max((abs(bound) for bound in (low, high) if math.isfinite(bound)), default=0)
    decimal, unit = numeral.decimal, numeral.last_place
    if decimal == 0.0:
        return low <= doubt and high >= -doubt
    if decimal < 0.0:
        low, high, decimal = -high, -low, -decimal
    if numeral.scientific and not decimal > unit:  # 1e-4 shows 9.6e-5
        least = decimal - unit / 20
    else:
        least = max(decimal - unit / 2, unit)
    return high >= least - doubt and low < decimal + unit - doubt
