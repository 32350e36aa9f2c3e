"""Colours, and how strongly a gradient is coloured."""

from __future__ import annotations

import math

from autograd_mini.drawing.picture import Box, Group, Picture

POSITIVE = "#1f6fd6"
NEGATIVE = "#e8710a"
MIXED = "#8250df"
BROKEN = "#d1242f"
LINE = "#7d8590"

INK_LIGHT, PAPER_LIGHT, FRAME_LIGHT = "#1f2328", "#ffffff", "#f3f4f6"
INK_DARK, PAPER_DARK, FRAME_DARK = "#e6edf3", "#14181f", "#1c222b"

# The strongest tint that leaves black text on white paper, and white on black, easy to read.
STRONGEST = 0.55


def kind(box: Box) -> str:
    """The class of a box: a key of `COLOURS`, `unknown` if no backward pass came there."""
    if box.broken:
        return "broken"
    if box.grad_norm is None:
        return "unknown"
    if box.grad_norm == 0:
        return "zero"
    sign = box.sign if isinstance(box, Group) else math.copysign(1, box.grad or 0.0)
    return "mixed" if sign == 0 else "positive" if sign > 0 else "negative"


COLOURS = {
    "broken": BROKEN,
    "unknown": LINE,
    "zero": LINE,
    "positive": POSITIVE,
    "negative": NEGATIVE,
    "mixed": MIXED,
}


def strength(box: Box, picture: Picture) -> float:
    """The strength of a box's tint, 0 to `STRONGEST`, relative to the picture's largest |grad|.

    The square root keeps a gradient of a hundredth of the largest visible.
    """
    if box.broken or not box.grad_norm:
        return 0.0
    return STRONGEST * math.sqrt(box.grad_norm / picture.largest_gradient)


def on_paper(colour: str, opacity: float) -> str:
    """The colour that a tint of this opacity has on white paper.

    >>> on_paper("#1f6fd6", 0.5)
    '#8fb7ea'
    """
    channels = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + opacity * (c - 255)):02x}" for c in channels)
