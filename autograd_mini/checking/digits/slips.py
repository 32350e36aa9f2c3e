"""The slips of the pen that turn a right number into a wrong one.

>>> likely_slip(read("0.0438568"), Target.of(0.000438567727)).sentence
'100 times too large: a lost or added zero, or a shifted decimal point'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from autograd_mini.checking.digits.numerals import Numeral, read
from autograd_mini.checking.digits.targets import Target
from autograd_mini.checking.slips import NO_SLIP, Slip, slip

# A number that people write by hand has at most so many. The search for swapped digits takes the
# square of these.
MOST_DIGITS = 30


def likely_slip(printed: Numeral, target: Target) -> Slip:
    """The slip that explains exactly why `printed` does not show `target`, or NO_SLIP.

    Exactly: without the slip the number would round or truncate. The likelier slips come first.
    """
    if printed.number == 0 or len(printed.whole + printed.decimals) > MOST_DIGITS:
        return NO_SLIP
    return next(_explanations(printed, target), NO_SLIP)


def _explanations(printed: Numeral, target: Target) -> Iterator[Slip]:
    if _shows(printed, target.times(Fraction(-1))):
        yield slip("sign/too-many" if printed.negative else "sign/missing")
    for power in (1, -1, 2, -2, 3, -3):
        if _shows(printed, target.times(Fraction(10) ** power)):
            size = "large" if power > 0 else "small"
            yield slip("power-of-ten", times=10 ** abs(power), size=size)
    digits = printed.whole + printed.decimals
    if any(_shows(_swapped(printed, i, i + 1), target) for i in range(len(digits) - 1)):
        yield slip("digits-swapped")
    if any(_shows(longer, target) for longer in _with_zero(printed)):
        yield slip("zero-lost")
    if any(_shows(shorter, target) for shorter in _without_zero(printed)):
        yield slip("zero-added")
    if _shows(printed, target.times(Fraction(2))):
        yield slip("twice/number")
    if _shows(printed, target.times(Fraction(1, 2))):
        yield slip("half/number")
    # Of few digits one is easily wrong, which explains nothing.
    telling = len(digits.lstrip("0")) > 2
    if telling and any(_shows(moved, target) for moved in _moved(printed)):
        yield slip("last-digit")
    pairs = combinations(range(len(digits)), 2)
    if any(_shows(_swapped(printed, i, j), target) for i, j in pairs):
        yield slip("digits-swapped")
    rounded = read(printed.write(target.number))
    truncated = read(printed.write(target.truncated(printed)))
    for expected in (rounded, truncated):
        if len(expected.whole) != len(printed.whole) or expected.negative != printed.negative:
            continue
        differing = [
            {"printed": shown, "right": right}
            for shown, right in zip(digits, expected.whole + expected.decimals)
            if shown != right
        ]
        if len(differing) == 1 and telling:
            yield slip("digit-wrong", **differing[0])


def _shows(numeral: Numeral, target: Target) -> bool:
    return target.verdict(numeral) != "wrong"


def _with_digits(numeral: Numeral, digits: str) -> Numeral:
    """`numeral` with other digits; what there are more or less of is decimals."""
    before = len(numeral.whole)
    return replace(numeral, whole=digits[:before], decimals=digits[before:])


def _swapped(numeral: Numeral, i: int, j: int) -> Numeral:
    digits = list(numeral.whole + numeral.decimals)
    digits[i], digits[j] = digits[j], digits[i]
    return _with_digits(numeral, "".join(digits))


def _with_zero(numeral: Numeral) -> Iterator[Numeral]:
    """`numeral` with one zero more somewhere among its decimals."""
    digits = numeral.whole + numeral.decimals
    for i in range(len(numeral.whole), len(digits)):
        yield _with_digits(numeral, digits[:i] + "0" + digits[i:])


def _without_zero(numeral: Numeral) -> Iterator[Numeral]:
    """`numeral` with one zero fewer somewhere among its decimals, if digits follow it."""
    digits = numeral.whole + numeral.decimals
    for i in range(len(numeral.whole), len(digits) - 1):
        if digits[i] == "0" and digits[i:].strip("0"):
            yield _with_digits(numeral, digits[:i] + digits[i + 1 :])


def _moved(numeral: Numeral) -> Iterator[Numeral]:
    """`numeral` one unit of its last place nearer to 0, but not at 0, and further away."""
    digits, places = numeral.whole + numeral.decimals, len(numeral.decimals)
    for units in (int(digits) - 1, int(digits) + 1):
        if units:
            moved = f"{units:0{len(digits)}d}"
            point = len(moved) - places
            yield replace(numeral, whole=moved[:point], decimals=moved[point:])
