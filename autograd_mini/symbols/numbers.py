"""Numbers as text: with the decimals of an explanation, the few digits of a picture, or in full."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral

# The digits that tell every float from any other.
MOST_DIGITS = 17

# Outside these powers of ten an exponent is easier to read than zeros.
SMALLEST, LARGEST = -5, 15


def check_digits(digits: object) -> int:
    """The number of digits to write as an int of Python, which JSON can write.

    Raises: ValueError unless it is a whole number from 1 to MOST_DIGITS.
    """
    whole = int(digits) if isinstance(digits, Integral) and not isinstance(digits, bool) else 0
    if not 1 <= whole <= MOST_DIGITS:
        raise ValueError(f"digits must be a whole number from 1 to {MOST_DIGITS}, got {digits!r}")
    return whole


class Decimals:
    """Writes the numbers of one explanation with the same number of decimals.

    digits: number of decimals, or of significant digits where a number is too small for them. Each
        further digit before the point of the largest number takes one decimal away.

    >>> decimals = Decimals(9, [0.7413650695, 0.5, 4.3e-12])
    >>> [decimals(number) for number in (0.7413650695, 0.5, 4.3e-12, -2.0)]
    ['0.741365070', '0.5', '4.3e-12', '-2']
    """

    def __init__(self, digits: int, numbers: Iterable[float]) -> None:
        self.digits = digits
        sizes = [abs(number) for number in numbers if math.isfinite(number)]
        largest = max(sizes, default=0.0)
        before_the_point = math.floor(math.log10(largest)) if largest >= 1 else 0
        self.places: int = max(digits - before_the_point, 0)

    def __call__(self, number: float) -> str:
        if not math.isfinite(number):
            return str(number)
        if number == 0:
            return "0"
        size = math.floor(math.log10(abs(number)))
        exact = _shortest(number)
        # A short number is written in full, so that a rounded one can be recognised.
        if SMALLEST <= size < LARGEST:
            if len(exact.partition(".")[2]) < self.places or "." not in exact:
                return exact
            # At least half of the digits must show.
            if self.places + size + 1 >= (self.digits + 1) // 2:
                return f"{number:.{self.places}f}"
            return f"{number:.{max(self.digits - 1 - size, 0)}f}"
        mantissa, _, exponent = f"{number:.{self.digits - 1}e}".partition("e")
        return f"{_unpadded(mantissa)}e{int(exponent)}"


def _shortest(number: float) -> str:
    """The fewest digits that read back as `number`, without an exponent."""
    return (
        _unpadded(f"{number:.{LARGEST - SMALLEST}f}")
        if number.is_integer()
        else _positional(number)
    )


def _positional(number: float) -> str:
    mantissa, _, exponent = repr(number).partition("e")
    if not exponent:
        return mantissa
    decimals = len(mantissa.partition(".")[2]) - int(exponent)
    return f"{number:.{max(decimals, 0)}f}"


def _unpadded(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


# Smaller numbers are written without an exponent.
WRITTEN_OUT_BELOW = 1e6


def format_number(value: float, digits: int) -> str:
    """Write a number with at least `digits` significant digits and no padding.

    >>> [format_number(x, 4) for x in (0.15, 0.59326999, -0.0, 1e-9, 31415.9, 2.5e8)]
    ['0.15', '0.5933', '0', '1e-9', '31416', '2.5e8']
    >>> [format_number(float(x), 4) for x in ("nan", "-inf")]
    ['nan', '-inf']
    """
    if value == 0:
        return "0"
    mantissa, e, exponent = f"{value:.{digits}g}".partition("e")
    if e and int(exponent) > 0 and abs(value) < WRITTEN_OUT_BELOW:
        return f"{value:.0f}"
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def all_digits(value: float) -> str:
    """Write a number with the fewest digits that read back as that number.

    >>> all_digits(0.1), all_digits(2.0)
    ('0.1', '2')
    """
    return repr(value).removesuffix(".0")
