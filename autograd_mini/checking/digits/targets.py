"""Target: the number that a printed numeral should show.

>>> from autograd_mini.checking.digits.numerals import read
>>> Target.of(0.1 + 0.2).verdict(read("0.3")), Target.of(0.29).verdict(read("0.2"))
('rounds', 'truncates')
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal, NamedTuple

from autograd_mini.checking.digits.numerals import Numeral

# How many units in its last place a computed float may be away from the number that was meant.
DOUBT = 4


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
        """Whether `numeral` is the number itself, of which nothing was rounded away."""
        return abs(numeral.number - self.number) <= self.doubt

    def verdict(self, numeral: Numeral) -> Literal["rounds", "truncates", "wrong"]:
        """Whether `numeral` is the number rounded, else whether it is the number truncated."""
        # Below a power of ten a mantissa shows one decimal more: 9.9e-5 is not 1.04e-4 rounded.
        unit = min(numeral.unit, numeral.unit_for(self.number))
        if abs(numeral.number - self.number) <= unit / 2 + self.doubt:
            return "rounds"
        truncated = (abs(self.number) + self.doubt) // unit * unit
        if numeral.number == (-truncated if self.number < 0 else truncated):
            return "truncates"
        return "wrong"
