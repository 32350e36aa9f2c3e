"""Numeral: a number as it is printed, with the notation that it is printed in.

>>> numeral = read("5.5090e-04")
>>> numeral.number, numeral.unit
(Fraction(5509, 10000000), Fraction(1, 100000000))
>>> numeral.write(Fraction("0.000123456")), numeral.write(Fraction("0.000123456"), more=2)
('1.2346e-04', '1.234560e-04')
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from autograd_mini.symbols.limits import LONGEST_NUMERAL

NUMERAL = re.compile(
    r"""(?P<sign>[-+\N{MINUS SIGN}]?)
        (?=\.?\d) (?P<whole>\d*) (?P<point>\.?) (?P<decimals>\d*)
        (?: (?P<mark>[eE]) (?P<exponent_sign>[-+\N{MINUS SIGN}]?) (?P<exponent>\d+) )?""",
    re.VERBOSE | re.ASCII,
)

FRACTION = re.compile(r"([-+\N{MINUS SIGN}]?)\s*(\d+)\s*/\s*(\d+)", re.ASCII)

# A numeral among other signs: a unit, a word, marks of Markdown.
ALONE = re.compile(rf"(?<![-+\w.,/])(?:{NUMERAL.pattern})(?![-+\w,/]|\.\S)", re.VERBOSE | re.ASCII)

# Ways to write a number that are refused, and the advice on each.
ADVICE = {
    "%": "write a percentage as a number, such as 0.05 for 5 %",
    r"(?:[*\N{MULTIPLICATION SIGN}\N{MIDDLE DOT}\N{DOT OPERATOR}]|\sx|\\times|\\cdot)\s*10": (
        "write a power of ten with e, such as 1.3e-4"
    ),
    r"^[-+\N{MINUS SIGN}]\s": "a sign stands right before its number, as in -0.35",
}

# Beyond the last digit of any float.
FINEST = Fraction(1, 10**30)

# More digits, or larger powers of ten, no float has.


@dataclass(frozen=True)
class Numeral:
    """A decimal, and how it is written.

    whole, decimals: its digits before and after the point. mark: "e" or "E" before the exponent,
    "" without one; then `exponent` is 0.
    """

    text: str
    sign: str
    whole: str
    point: str
    decimals: str
    mark: str
    exponent_sign: str
    exponent_width: int
    exponent: int

    def __str__(self) -> str:
        return self.text

    @cached_property
    def number(self) -> Fraction:
        """The decimal itself."""
        digits = Fraction(int(self.whole + self.decimals)) * self.unit
        return -digits if self.negative else digits

    @cached_property
    def decimal(self) -> float:
        """The float nearest to the decimal; an infinite one if it is beyond all others."""
        return nearest(self.number)

    @cached_property
    def last_place(self) -> float:
        """`unit` as a float."""
        return nearest(self.unit)

    @property
    def negative(self) -> bool:
        return self.sign not in ("", "+")

    @cached_property
    def unit(self) -> Fraction:
        """One in its last place."""
        return Fraction(10) ** (self.exponent - len(self.decimals))

    @property
    def scientific(self) -> bool:
        """True if the mantissa has one digit before the point, as in 4.36e-6."""
        return bool(self.mark) and len(self.whole) == 1 and self.whole != "0"

    def unit_for(self, number: Fraction, more: int = 0) -> Fraction:
        """One in the last place that `number` has in this notation, with `more` digits."""
        exponent = self.exponent
        if self.scientific and number != 0:
            exponent = order(number)
        return Fraction(10) ** (exponent - len(self.decimals) - more)

    def write(self, number: Fraction, more: int = 0) -> str:
        """`number` in this notation, rounded, with `more` digits; a tie is rounded away from 0."""
        places = len(self.decimals) + more
        unit = self.unit_for(number, more)
        units = math.floor(abs(number) / unit + Fraction(1, 2))
        exponent = self.exponent
        if self.scientific and units != 0:
            exponent = order(units * unit)  # 9.99 may have become 10.0
            units = units * unit // Fraction(10) ** (exponent - places)
        digits = f"{units:0{places + 1}d}"
        whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
        if whole == "0" and places and not self.whole:
            whole = ""
        return (
            self._sign(number < 0 and units != 0)
            + whole
            + (self.point or "." if places else self.point)
            + decimals
            + self._power(exponent)
        )

    def _sign(self, negative: bool) -> str:
        if negative:
            return self.sign if self.negative else "-"
        return "" if self.negative else self.sign

    def _power(self, exponent: int) -> str:
        if not self.mark:
            return ""
        minus = self.exponent_sign if self.exponent_sign not in ("", "+") else "-"
        plus = "+" if self.exponent_sign == "+" else ""
        return (
            f"{self.mark}{minus if exponent < 0 else plus}{abs(exponent):0{self.exponent_width}d}"
        )


@dataclass(frozen=True)
class Ratio(Numeral):
    """An exact fraction such as 1/3, of which nothing is rounded away.

    whole: the digits of the nearest float, for slips.
    """

    ratio: Fraction

    @cached_property
    def number(self) -> Fraction:
        return self.ratio

    @cached_property
    def unit(self) -> Fraction:
        return abs(self.ratio) * FINEST or FINEST

    def unit_for(self, number: Fraction, more: int = 0) -> Fraction:
        return abs(number) * FINEST or FINEST

    def write(self, number: Fraction, more: int = 0) -> str:
        return f"{nearest(number):.{6 + more}g}"


def read(text: str) -> Numeral:
    """The numeral that `text` is.

    Digits, with a point or an exponent if need be, or a fraction of whole numbers; the minus may be
    typeset. Commas are refused: they group thousands in some countries and stand for the point in
    others.

    >>> read("-1/3").number
    Fraction(-1, 3)

    Raises: TypeError if `text` is not a string, ValueError if it is not a numeral.
    """
    if not isinstance(text, str):
        raise TypeError(
            f"a printed number is a string, in which zeros count, such as '0.40'; got {text!r}"
        )
    shown = repr(text if len(text) <= 40 else f"{text[:37]}...")
    if "," in text:
        raise ValueError(f"{shown} has a comma: write the number with a point, such as 1234.5")
    if fraction := FRACTION.fullmatch(text.strip()):
        return _ratio(fraction, shown)
    found = NUMERAL.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{shown} is not a printed number: {_advice(text.strip())}")
    if len(text) > LONGEST_NUMERAL or int(found["exponent"] or 0) > LONGEST_NUMERAL:
        raise ValueError(
            f"{shown} is beyond any float: expected at most {LONGEST_NUMERAL} digits, and a power "
            f"of ten of at most {LONGEST_NUMERAL}"
        )
    power = int(found["exponent"] or 0)
    return Numeral(
        text=text.strip(),
        sign=found["sign"],
        whole=found["whole"],
        point=found["point"],
        decimals=found["decimals"],
        mark=found["mark"] or "",
        exponent_sign=found["exponent_sign"] or "",
        exponent_width=len(found["exponent"] or ""),
        exponent=power if (found["exponent_sign"] or "+") == "+" else -power,
    )


def _advice(text: str) -> str:
    """How to write a number that cannot be read."""
    if len(text) <= LONGEST_NUMERAL:
        for sign, advice in ADVICE.items():
            if re.search(sign, text):
                return advice
        numerals = [found[0] for found in ALONE.finditer(text)]
        if len(numerals) == 1:
            return f"write the number alone, as in {numerals[0]}"
    return "expected one such as 0.40, -.35 or 5.5090e-04"


def _ratio(fraction: re.Match[str], shown: str) -> Ratio:
    sign, above, below = fraction.groups()
    if len(fraction[0]) > LONGEST_NUMERAL:
        raise ValueError(f"{shown} is too long: expected a fraction such as 1/3")
    if not int(below):
        raise ValueError(f"{shown} divides by 0: expected a fraction such as 1/3")
    ratio = Fraction(int(above), int(below)) * (1 if sign in ("", "+") else -1)
    digits = "".join(filter(str.isdigit, f"{nearest(abs(ratio)):.15e}".partition("e")[0]))
    return Ratio(fraction[0], sign, digits, "", "", "", "", 0, 0, ratio)


def nearest(number: Fraction) -> float:
    """The float nearest to a number; an infinite one if it is beyond all others."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def order(number: Fraction) -> int:
    """The power of ten of the first digit of a number that is not 0."""
    number = abs(number)
    guess = len(str(number.numerator)) - len(str(number.denominator))
    return guess if number >= Fraction(10) ** guess else guess - 1
