"""Numbers as a reader wants to see them."""

from __future__ import annotations

# Below this a number is written out; from here on an exponent is easier to read than zeros.
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
    """Write a number with as many digits as tell it from every other.

    >>> all_digits(0.1), all_digits(2.0)
    ('0.1', '2')
    """
    return repr(value).removesuffix(".0")
