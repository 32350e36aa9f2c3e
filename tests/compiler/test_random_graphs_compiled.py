"""Random graphs of up to 10,000 values, 370 of them, in Python and C: equal to the last bit."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add
from typing import Any

import pytest
from compiled_graphs import PYTHON_AND_C, is_finite, outcome, same
from hypothesis import given, settings
from hypothesis import strategies as st
from recipes import (
    ANY_FLOAT,
    ORDINARY,
    Recipe,
    leaves_of,
    outputs_of,
    random_recipe,
    small_recipes,
)

from autograd_mini import Compiled, Value, compile_graph, gradients, topological_order

SMALL = [random_recipe(seed, random.Random(seed).randint(3, 20)) for seed in range(300)]
MIDDLE = [random_recipe(seed, random.Random(seed).randint(50, 150)) for seed in range(300, 350)]


def one_and_long(seeds: Sequence[int]) -> list[Any]:
    """The first seed; the others in the long runs."""
    first, *others = seeds
    return [first, *(pytest.param(seed, marks=pytest.mark.long) for seed in others)]


def moved(recipe: Recipe, by: float = 0.5) -> list[float]:
    """Other numbers for the leaves of a recipe, the same at every run."""
    generator = random.Random(repr(recipe.leaves))
    return [x + generator.uniform(-by, by) for x in recipe.leaves]


def check(recipe: Recipe, target: str) -> None:
    """Recorded, compiled, and compared there and somewhere else."""
    xs = leaves_of(recipe.leaves)
    outputs = outputs_of(recipe, xs)
    program = compile_graph(outputs, xs, target=target)
    expected = eagerly(recipe, recipe.leaves)
    assert is_finite(expected)
    assert program._attempt(recipe.leaves) == expected
    assert program.value(*recipe.leaves) == expected[0]
    assert same_outcome(program, outputs, xs, moved(recipe))


def same_outcome(
    program: Compiled, outputs: list[Value], xs: list[Value], numbers: list[float]
) -> bool:
    """Whether a program gives what the graph gives where it is recorded again; or raises it."""
    found, expected = outcome(program, *numbers), outcome(again, outputs, xs, numbers)
    return found == expected or (found[0] == expected[0] == "is" and same(found[1], expected[1]))


def eagerly(recipe: Recipe, numbers: list[float]) -> tuple[list[float], list[list[float]]]:
    """The outputs of a recipe and their derivatives, recorded."""
    xs = leaves_of(numbers)
    outputs = outputs_of(recipe, xs)
    return [y.data for y in outputs], [gradients(y, xs) for y in outputs]


def again(
    outputs: list[Value], xs: list[Value], numbers: list[float]
) -> tuple[list[float], list[list[float]]]:
    """Values and derivatives of a graph that is recorded again with other numbers.

    Operands first, as drawn: where several values do not exist, it decides which is named.
    """
    new = dict(zip(xs, leaves_of(numbers)))
    for value in topological_order([*outputs, *xs]):
        if value.op is not None:
            operands = (new[o] if isinstance(o, Value) else o for o in value.operands)
            new[value] = value.op(*operands)
    found = [new[y] for y in outputs]
    return [y.data for y in found], [gradients(y, [new[x] for x in xs]) for y in found]


def test_small_graphs_in_python() -> None:
    for recipe in [*SMALL, *MIDDLE]:
        check(recipe, "python")


def groups(recipes: list[Recipe], largest: int) -> Iterator[list[Recipe]]:
    """So many of them that all together have about `largest` values."""
    group: list[Recipe] = []
    for recipe in recipes:
        if group and values_of([*group, recipe]) > largest:
            yield group
            group = []
        group.append(recipe)
    yield group


def values_of(recipes: list[Recipe]) -> int:
    """How many there are in the sum of these graphs."""
    return sum(len(recipe.leaves) + len(recipe.lines) + 1 for recipe in recipes) - 1


def check_sum(recipes: list[Recipe], target: str) -> None:
    """The sum of graphs, by which each has its own derivatives."""

    def total(by: float) -> tuple[list[Value], Value]:
        leaves = [leaves_of(moved(recipe, by)) for recipe in recipes]
        outputs = [outputs_of(recipe, xs)[0] for recipe, xs in zip(recipes, leaves)]
        return [x for xs in leaves for x in xs], reduce(add, outputs)

    xs, y = total(by=0.0)
    program = compile_graph(y, xs, target=target)
    assert program._attempt([x.data for x in xs]) == (y.data, gradients(y, xs))
    y.backward()
    assert program.gradients(*(x.data for x in xs)) == [x.grad for x in xs]
    xs, y = total(by=1e-6)
    assert same(program(*(x.data for x in xs)), (y.data, gradients(y, xs)))


@pytest.mark.cc
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.long)])
def test_small_graphs_in_c(every: int) -> None:
    """Many in one program, since each takes the compiler as long as many."""
    for group in groups([*SMALL[::every], *MIDDLE[:10:every]], largest=400):
        check_sum(group, "c")


@PYTHON_AND_C
def test_small_graphs_in_a_flat_tape(target: str) -> None:
    """With one more, so that it is too large to be written out in Python too."""
    recipes = [*SMALL, *MIDDLE, random_recipe(500, 2000)]
    assert values_of(recipes) > 10_000
    check_sum(recipes, target)


@PYTHON_AND_C
@pytest.mark.parametrize("seed", one_and_long(range(480, 495)))
def test_graphs_of_thousands_of_values(seed: int, target: str) -> None:
    check(random_recipe(seed, random.Random(seed).randint(1000, 2500)), target)


@PYTHON_AND_C
@pytest.mark.parametrize("seed", one_and_long(range(495, 500)))
def test_graphs_of_up_to_ten_thousand_values(seed: int, target: str) -> None:
    check(random_recipe(seed, 10_000 if seed >= 497 else 5_000), target)


@PYTHON_AND_C
@pytest.mark.parametrize("size", [25, 400, 6000])
def test_several_outputs_of_one_graph(size: int, target: str) -> None:
    """Each with the derivatives that it has by itself, whatever the others are."""
    for seed in range(5 if size < 6000 else 1):
        recipe = random_recipe(1000 + seed, size, outputs=5)
        check(recipe, target)
        check(recipe._replace(outputs=recipe.outputs[::-1]), target)


@PYTHON_AND_C
@pytest.mark.parametrize("size", [40, 12_000])
def test_derivatives_by_some_of_the_inputs(size: int, target: str) -> None:
    recipe = random_recipe(7, size)
    xs = leaves_of(recipe.leaves)
    (y,) = outputs_of(recipe, xs)
    for wrt in (xs[:1], xs[1:], xs[::-1], []):
        program = compile_graph(y, xs, wrt=wrt, target=target)
        assert program._attempt(recipe.leaves) == (y.data, gradients(y, wrt))


# -- drawn by Hypothesis ------------------------------------------------------------------------

RECIPES = small_recipes(ORDINARY, constants=ANY_FLOAT | ORDINARY, most_lines=8)


def check_at(target: str, recipe: Recipe, points: list[list[float]]) -> None:
    """Recorded where it can be, then compared at any numbers, with the error that there may be."""
    xs = leaves_of(recipe.leaves)
    told, outputs = outcome(outputs_of, recipe, xs)
    if told == "DomainError":
        return
    program = compile_graph(outputs, xs, target=target)
    for point in [recipe.leaves, *points]:
        assert same_outcome(program, outputs, xs, (point * 3)[: len(xs)]), point


@settings(max_examples=250)
@given(RECIPES, st.lists(st.lists(ANY_FLOAT, min_size=1, max_size=3), max_size=3))
def test_any_recipe_at_any_numbers_in_python(recipe: Recipe, points: list[list[float]]) -> None:
    check_at("python", recipe, points)


@pytest.mark.cc
@settings(max_examples=60)
@given(RECIPES, st.lists(st.lists(ANY_FLOAT, min_size=1, max_size=3), min_size=3, max_size=9))
def test_any_recipe_at_any_numbers_in_c(recipe: Recipe, points: list[list[float]]) -> None:
    check_at("c", recipe, points)
