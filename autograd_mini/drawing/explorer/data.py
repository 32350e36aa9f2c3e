"""What the page knows of a graph, as JSON: a tape of leaves and operations.

What the values, partials and gradients are, the page computes from the leaves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd_mini.branches import noted
from autograd_mini.derivation.names import Names
from autograd_mini.drawing.picture import Picture
from autograd_mini.expressions.symbols import printable
from autograd_mini.ops import Operation
from autograd_mini.value import Value


def explorer_data(roots: Sequence[Value], picture: Picture, digits: int) -> dict[str, Any]:
    """The graph below `roots` for the page, value by value in the order of the picture.

    tape: for a leaf its number; for a result its row and its operands, of which a string is a
    constant. guards: comparisons that chose what was recorded.
    """
    names = Names(roots)
    places = {id(value): place for place, value in enumerate(names.values)}

    def of(operand: Value | float) -> int | str:
        return places[id(operand)] if isinstance(operand, Value) else _text(float(operand))

    return {
        "digits": digits,
        "roots": [places[id(root)] for root in dict.fromkeys(roots)],
        "names": [printable(names(value)) for value in names.values],
        "tape": [
            _number(box.data) if value.op is None else [value.op.name, *map(of, value.operands)]
            for value, box in zip(names.values, picture.values)
        ],
        "guards": [
            [of(left), of(right), symbol, outcome]
            for left, symbol, right, outcome in noted(names.values)
            if symbol
        ],
    }


def rows_of(roots: Sequence[Value]) -> list[Operation]:
    """The rows of the table that a graph uses, each once."""
    return list(dict.fromkeys(value.op for value in Names(roots).values if value.op is not None))


def _number(data: float) -> float | str:
    """A number for JSON, which has no infinities."""
    return data if math.isfinite(data) else _text(data)


def _text(data: float) -> str:
    """A number as JavaScript's Number() reads it."""
    if math.isnan(data):
        return "NaN"
    return repr(data) if math.isfinite(data) else f"{'-' if data < 0 else ''}Infinity"
