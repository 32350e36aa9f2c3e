"""Random graphs over every row, as recipes that can be carried out with any numbers, any time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from compiled_graphs import ROWS, outcome

import autograd_mini as ag
from autograd_mini import Operation, Value, gradients

# No larger values and partials are made, so that the derivatives of deep graphs are finite.
LARGEST = 20.0
STEEPEST = 4.0


class Line(NamedTuple):
    """A row and its operands: values made before, by their place, or constants."""

    row: Operation
    operands: tuple[int | float, ...]


class Recipe(NamedTuple):
    leaves: list[float]
    lines: list[Line]
    outputs: list[int]


def random_recipe(seed: int, size: int, outputs: int = 1) -> Recipe:
    """As many values as `size`, which the first output depends on, all of them.

    One is used very often, some are used twice by one row, some are constants.
    """
    generator = random.Random(seed)
    count = generator.randint(1, min(6, size // 2))
    leaves = [generator.uniform(-2.0, 2.0) for _ in range(count)]
    values: list[Any] = leaves_of(leaves)
    lines: list[Line] = []
    unused = dict.fromkeys(range(count))

    def add(row: Operation, *operands: int | float) -> bool:
        told, z = outcome(row, *(values[o] if isinstance(o, int) else o for o in operands))
        if told == "DomainError" or (abs(z.data) > LARGEST and row is not ag.add):
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
    ends = [len(values) - 1, *(generator.randrange(len(values)) for _ in range(outputs - 1))]
    return Recipe(leaves, lines, ends)


def second_operand(
    generator: random.Random, made: int, first: int, unused: list[int]
) -> int | float:
    chance = generator.random()
    if chance < 0.25:
        return generator.choice([0.0, 1.0, 2.0, -1.0, 0.5, generator.uniform(-3.0, 3.0)])
    if chance < 0.35:
        return 0
    if chance < 0.4:
        return first
    return generator.choice(unused) if chance < 0.7 else generator.randrange(made)


def carry_out(recipe: Recipe, xs: Sequence[Value]) -> list[Any]:
    """The outputs of a recipe on these leaves."""
    values: list[Any] = list(xs)
    for row, operands in recipe.lines:
        values.append(row(*(values[o] if isinstance(o, int) else o for o in operands)))
    return [values[place] for place in recipe.outputs]


def leaves_of(numbers: Sequence[float]) -> list[Value]:
    return [Value(number, label=f"x{k}") for k, number in enumerate(numbers)]


def eagerly(recipe: Recipe, numbers: Sequence[float]) -> tuple[list[float], list[list[float]]]:
    """Values and derivatives of the outputs, recorded."""
    xs = leaves_of(numbers)
    outputs = carry_out(recipe, xs)
    return [y.data for y in outputs], [gradients(y, xs) for y in outputs]
