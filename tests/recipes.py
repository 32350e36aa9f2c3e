"""Random graphs over every row, as recipes that can be carried out with any numbers, at any time.

Hypothesis draws `small_recipes`, with numbers of a given kind. `random_recipe` makes a recipe of a
given size from a seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

import autograd_mini as ag
from autograd_mini import DomainError, Operation, Value
from autograd_mini.engine.operation import TABLE

ROWS = list(TABLE.values())  # without the rows that other tests add later


class Line(NamedTuple):
    """A row and its operands: the place of an earlier value (int), or a constant (float)."""

    row: Operation
    operands: tuple[int | float, ...]


class Recipe(NamedTuple):
    """The leaves and lines of a graph, and the places of its outputs."""

    leaves: list[float]
    lines: list[Line]
    outputs: list[int]


def carry_out(
    recipe: Recipe,
    leaves: Sequence[Any],
    apply: Callable[..., Any] = lambda row, *operands: row(*operands),
) -> list[Any]:
    """Every value of a recipe on these leaves; `apply(row, *operands)` computes a line."""
    values = list(leaves)
    for row, operands in recipe.lines:
        values.append(apply(row, *(values[o] if isinstance(o, int) else o for o in operands)))
    return values


def outputs_of(recipe: Recipe, leaves: Sequence[Any]) -> list[Any]:
    """The outputs of a recipe on these leaves."""
    values = carry_out(recipe, leaves)
    return [values[place] for place in recipe.outputs]


def carry_out_partly(recipe: Recipe, leaves: Sequence[Value]) -> list[Value | None]:
    """Every value of a recipe; None where an operand is None or the operation is undefined."""

    def apply(row: Operation, *operands: Any) -> Any:
        try:
            return None if None in operands else row(*operands)
        except DomainError:
            return None

    return carry_out(recipe, leaves, apply)


def ends(recipe: Recipe, values: Sequence[Any]) -> list[int]:
    """The places of the values, without None, that no later value has as an operand."""
    used = {
        operand
        for place, line in enumerate(recipe.lines, len(recipe.leaves))
        for operand in line.operands
        if isinstance(operand, int) and values[place] is not None
    }
    return [k for k, value in enumerate(values) if value is not None and k not in used]


def leaves_of(numbers: Sequence[float]) -> list[Value]:
    """Leaves with the labels x0, x1, ..."""
    return [Value(number, label=f"x{k}") for k, number in enumerate(numbers)]


# -- drawn by Hypothesis ------------------------------------------------------------------------

ORDINARY = st.floats(-3, 3).map(lambda x: round(x, 3))
SPECIAL = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, 1e-300, 1e300, 5e-324])
ANY_SIZE = st.builds(
    lambda sign, digits, power: sign * digits * 10.0**power,
    st.sampled_from([1.0, -1.0]),
    st.floats(1, 9).map(lambda x: round(x, 3)),
    st.integers(-300, 299),
)
NUMBERS = ORDINARY | ANY_SIZE | SPECIAL
ANY_FLOAT = st.floats() | st.sampled_from([0.0, -0.0, 1.0, -1.0, math.inf, math.nan, 1e308])


@st.composite
def small_recipes(
    draw: Any, numbers: Any = NUMBERS, constants: Any = None, most_lines: int = 9
) -> Recipe:
    """A recipe with one to three leaves; `constants` are like `numbers` if not given."""
    leaves = draw(st.lists(numbers, min_size=1, max_size=3))
    count = len(leaves)
    lines = []
    for made in range(count, count + draw(st.integers(1, most_lines))):
        row = draw(st.sampled_from(ROWS))
        # Hypothesis prefers 0, the newest value, so graphs are deep; older values are shared.
        operands: list[int | float] = [
            made - 1 - draw(st.integers(0, made - 1)) for _ in range(row.arity)
        ]
        if row.arity == 2 and draw(st.booleans()):
            constant = draw(numbers if constants is None else constants)
            operands[draw(st.integers(0, 1))] = float(constant)
        lines.append(Line(row, tuple(operands)))
    last = count + len(lines) - 1
    return Recipe(leaves, lines, [*draw(st.lists(st.integers(0, last), max_size=2)), last])


# -- made from a seed ---------------------------------------------------------------------------

# Larger values and partials are left out, so that the derivatives of deep graphs are finite.
LARGEST = 20.0
STEEPEST = 4.0


def random_recipe(seed: int, size: int, outputs: int = 1) -> Recipe:
    """A recipe with `size` values; the first output depends on all of them.

    One value is used very often, a row may use a value twice, and some operands are constants.
    """
    generator = random.Random(seed)
    count = generator.randint(1, min(6, size // 2))
    leaves = [generator.uniform(-2.0, 2.0) for _ in range(count)]
    values: list[Any] = leaves_of(leaves)
    lines: list[Line] = []
    unused = dict.fromkeys(range(count))

    def add(row: Operation, *operands: int | float) -> bool:
        try:
            z = row(*(values[o] if isinstance(o, int) else o for o in operands))
        except DomainError:
            return False
        if abs(z.data) > LARGEST and row is not ag.add:
            return False
        if any(not abs(partial) <= STEEPEST for partial in z.partials if partial is not None):
            return False
        for operand in operands:
            unused.pop(operand, None)
        unused[len(values)] = None
        lines.append(Line(row, operands))
        values.append(z)
        return True

    while len(values) + len(unused) <= size:
        row = generator.choice(ROWS)
        is_new = generator.random() < 0.8
        first = generator.choice(list(unused)[-20:]) if is_new else generator.randrange(len(values))
        operands: list[int | float] = [first]
        if row.arity == 2:
            operands.append(second_operand(generator, len(values), first, list(unused)))
            generator.shuffle(operands)
        add(row, *operands)
    while len(unused) > 1:
        assert add(ag.add, *list(unused)[:2])
    places = [len(values) - 1, *(generator.randrange(len(values)) for _ in range(outputs - 1))]
    return Recipe(leaves, lines, places)


def second_operand(
    generator: random.Random, made: int, first: int, unused: list[int]
) -> int | float:
    """A constant, the first leaf, the first operand again, an unused value, or any value."""
    chance = generator.random()
    if chance < 0.25:
        return generator.choice([0.0, 1.0, 2.0, -1.0, 0.5, generator.uniform(-3.0, 3.0)])
    if chance < 0.35:
        return 0
    if chance < 0.4:
        return first
    return generator.choice(unused) if chance < 0.7 else generator.randrange(made)
