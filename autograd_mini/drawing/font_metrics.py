"""Font metrics: how wide a text is, without asking a browser.

The three fonts have the same widths, those of Helvetica.
"""

from __future__ import annotations

import unicodedata

from autograd_mini.drawing.escape import ELLIPSIS

FONTS = 'Helvetica, Arial, "Liberation Sans", sans-serif'

# Advance widths of U+0020 to U+007E, in thousandths of the font size.
# Source: Adobe, Helvetica font metrics.
# fmt: off
_ASCII_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)
# fmt: on
_LETTER, _SYMBOL, _WIDE = 750, 1000, 1300  # other alphabets; arrows and signs; Chinese and emoji
_SIGNS = {"·": 278, "\N{MINUS SIGN}": 584, "²": 333, "³": 333}

# Where neither Helvetica nor a font of its widths is installed, DejaVu Sans is wider by this.
WIDER = 1.15


def text_width(text: str, size: float) -> float:
    """The width of a text in pixels, rather too wide than too narrow.

    >>> text_width("grad", 1000)
    2001.0
    """
    return sum(map(_character_width, text)) * size / 1000


def room(text: str, size: float) -> float:
    """The width that a text takes, also where a browser has no such font."""
    return WIDER * text_width(text, size)


def fit_text(text: str, size: float, width: float) -> str:
    """Shorten a text until it takes no more than `width` pixels."""
    if room(text, size) <= width:
        return text
    kept = len(text)
    while kept and room(text[:kept] + ELLIPSIS, size) > width:
        kept -= 1
    return text[:kept] + ELLIPSIS


def _character_width(character: str) -> int:
    code = ord(character)
    if character in _SIGNS:
        return _SIGNS[character]
    if 32 <= code < 127:
        return _ASCII_WIDTHS[code - 32]
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return _WIDE
    return _LETTER if code < 0x700 else _SYMBOL
