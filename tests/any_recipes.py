"""Random graphs over every row and of any finite numbers, as recipes that are carried out anywhere.

The leaves reach from 1e-300 to 1e300, zeros have signs, values are shared, and constants stand on
either side.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from autograd_mini import DomainError, Operation, Value
from autograd_mini.engine.operation import TABLE

ROWS = list(TABLE.values())  # as shipped: rows that other tests may register are left out


class Line(NamedTuple):
    """A row and its operands: the place of a value made before, or a constant."""

    row: Operation
    operands: tuple[int | float, ...]


class Recipe(NamedTuple):
    leaves: list[float]
    lines: list[Line]


ORDINARY = st.floats(-3, 3).map(lambda x: round(x, 3))
ANY_SIZE = st.builds(
    lambda sign, digits, power: sign * digits * 10.0**power,
    st.sampled_from([1.0, -1.0]),
    st.floats(1, 9).map(lambda x: round(x, 3)),
    st.integers(-300, 299),
)
SPECIAL = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, 1e-300, 1e300, 5e-324])
NUMBERS = ORDINARY | ANY_SIZE | SPECIAL


@st.composite
def recipes(draw: Any) -> Recipe:
    leaves = draw(st.lists(NUMBERS, min_size=1, max_size=3))
    lines = []
    for made in range(len(leaves), len(leaves) + draw(st.integers(1, 9))):
        row = draw(st.sampled_from(ROWS))
        # Newest first, so that graphs are deep; old ones are shared.
        operands: list[int | float] = [
            made - 1 - draw(st.integers(0, made - 1)) for _ in range(row.arity)
        ]
        if row.arity == 2 and draw(st.booleans()):
            operands[draw(st.integers(0, 1))] = float(draw(NUMBERS))
        lines.append(Line(row, tuple(operands)))
    return Recipe(leaves, lines)


def record(recipe: Recipe, xs: list[Value]) -> list[Value | None]:
    """Every value of a recipe; None where there is none, or where an operand is None."""
    values: list[Value | None] = [*xs]
    for row, places in recipe.lines:
        operands = [values[p] if isinstance(p, int) else p for p in places]
        try:
            values.append(None if None in operands else row(*operands))
        except DomainError:
            values.append(None)
    return values


def ends(recipe: Recipe, values: list[Any]) -> list[int]:
    """The places of the values that there are and that nothing was made of."""
    used = {
        p
        for place, (_, places) in enumerate(recipe.lines, len(recipe.leaves))
        for p in places
        if isinstance(p, int) and values[place] is not None
    }
    return [k for k, value in enumerate(values) if value is not None and k not in used]


# What fails today fails tomorrow.
THE_SAME_EVERY_TIME = settings(
    deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
