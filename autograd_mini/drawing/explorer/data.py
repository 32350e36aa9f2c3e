"""What the page knows of a graph, as JSON: a tape of leaves and operations.

What the values, partials and gradients are, the page computes from the leaves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd_mini.branches import noted
from autograd_mini.derivation.names import Names
from autograd_mini.drawing.palette import STRONGEST
from autograd_mini.drawing.picture import Picture
from autograd_mini.expressions.symbols import printable
from autograd_mini.graph import Tape
from autograd_mini.value import Value


def explorer_data(
    roots: Sequence[Value], tape: Tape, picture: Picture, digits: int
) -> dict[str, Any]:
    """The graph below `roots` for the page, value by value in the order of the picture.

    tape: for a leaf its number; for a result its row and its operands, of which a string is a
    constant. strongest: the tint of the largest gradient. guards: comparisons that chose what was
    recorded.
    """
    names = Names(roots)

    def side(compared: Value | float) -> int | str:
        place = tape.places[id(compared)] if isinstance(compared, Value) else float(compared)
        return _operand(place)

    def is_there(compared: Value | float) -> bool:
        return not isinstance(compared, Value) or id(compared) in tape.places

    return {
        "digits": digits,
        "strongest": STRONGEST,
        "roots": [tape.places[id(root)] for root in dict.fromkeys(roots)],
        "names": [printable(names(value)) for value in names.values],
        "tape": [
            _number(box.data)
            if entry.operation is None
            else [entry.operation.name, *map(_operand, entry.operands)]
            for entry, box in zip(tape.entries, picture.values)
        ],
        "guards": [
            [side(left), side(right), symbol, outcome]
            for left, symbol, right, outcome in noted(names.values)
            if is_there(left) and is_there(right)
        ],
    }


def _operand(operand: int | float) -> int | str:
    """A place, or a constant as text, by which the page tells the two apart."""
    return operand if isinstance(operand, int) else _text(operand)


def _number(data: float) -> float | str:
    """A number for JSON, which has no infinities."""
    return data if math.isfinite(data) else _text(data)


def _text(data: float) -> str:
    """A number as JavaScript's Number() reads it."""
    if math.isnan(data):
        return "NaN"
    return repr(data) if math.isfinite(data) else f"{'-' if data < 0 else ''}Infinity"
