"""Colours, and how strongly a gradient is coloured."""

from __future__ import annotations

import math

from autograd_mini.drawing.picture import Picture, ValueBox

POSITIVE = "#1f6fd6"
NEGATIVE = "#e8710a"
BROKEN = "#d1242f"
LINE = "#7d8590"

INK_LIGHT, PAPER_LIGHT, FRAME_LIGHT = "#1f2328", "#ffffff", "#f3f4f6"
INK_DARK, PAPER_DARK, FRAME_DARK = "#e6edf3", "#14181f", "#1c222b"

# The strongest tint that leaves black text on white paper, and white on black, easy to read.
STRONGEST = 0.55


def kind(value: ValueBox) -> str:
    """The class of a value: a key of `COLOURS`, `unknown` if no backward pass came there."""
    if value.broken:
        return "broken"
    if value.grad is None:
        return "unknown"
    if value.grad == 0:
        return "zero"
    return "positive" if value.grad > 0 else "negative"


COLOURS = {
    "broken": BROKEN,
    "unknown": LINE,
    "zero": LINE,
    "positive": POSITIVE,
    "negative": NEGATIVE,
}


def strength(value: ValueBox, picture: Picture) -> float:
    """How strong the tint of a value is, 0 to `STRONGEST`, against the picture's largest |grad|.

    The square root keeps a gradient of a hundredth of the largest visible.
    """
    if value.broken or not value.grad:
        return 0.0
    return STRONGEST * math.sqrt(abs(value.grad) / picture.largest_gradient)


def on_paper(colour: str, opacity: float) -> str:
    """The colour that a tint of this opacity has on white paper.

    >>> on_paper("#1f6fd6", 0.5)
    '#8fb7ea'
    """
    channels = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + opacity * (c - 255)):02x}" for c in channels)
