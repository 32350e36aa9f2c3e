"""Random graphs of any finite numbers in every target, at their own numbers and at others.

In Python and C they equal what recording gives to the last bit. NumPy and JavaScript have functions
of their own, and may differ by what rounding may do; where a bit decides on a branch, nothing can
be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from compiled_graphs import is_finite, leaves, outcome, run_in_node, same
from hypothesis import given, settings
from hypothesis import strategies as st
from recipes import NUMBERS, Recipe, carry_out_partly, ends, small_recipes
from rounding import agree, doubt

from autograd_mini import DomainError, Value, compile_graph, gradients, topological_order

POINTS = st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=2, max_size=2)


class Case(NamedTuple):
    """A graph, by one of its results, and points at which to compute it."""

    recipe: Recipe
    end: int
    points: list[list[float]]

    def at(self, point: Sequence[float]) -> tuple[list[Value], Value | None]:
        xs = leaves(point)
        return xs, carry_out_partly(self.recipe, xs)[self.end]


def cases(graphs: int) -> list[Case]:
    """As many graphs, the same at every run."""
    found: list[Case] = []

    @settings(max_examples=graphs)
    @given(small_recipes(), POINTS)
    def collect(recipe: Recipe, points: list[list[float]]) -> None:
        values = carry_out_partly(recipe, leaves(recipe.leaves))
        count = len(recipe.leaves)
        end = ends(recipe, values)[-1]
        if end >= count:
            found.append(Case(recipe, end, [recipe.leaves, *(p[:count] for p in points)]))

    collect()
    return found


def some(graphs: int, long: int) -> Any:
    return pytest.mark.parametrize("graphs", [graphs, pytest.param(long, marks=pytest.mark.long)])


# -- to the last bit ----------------------------------------------------------------------------


@some(150, 30_000)
def test_any_graph_in_python_is_the_recorded_one_to_the_last_bit(graphs: int) -> None:
    for case in cases(graphs):
        xs, y = case.at(case.recipe.leaves)
        assert y is not None
        program = compile_graph(y, xs)
        expected = []
        for point in case.points:
            xs, y = case.at(point)
            told, found = outcome(program, *point)
            if y is None:
                assert told == "DomainError", (case, point, found)
                continue
            expected.append((y.data, gradients(y, xs)))
            assert same(found, expected[-1]), (case, point, found, expected[-1])
        if len(expected) == len(case.points):
            values, slopes = program.batch(case.points)
            assert same(values, [value for value, _ in expected]), case
            assert same(slopes, [gradient for _, gradient in expected]), case


@pytest.mark.cc
@some(150, 30_000)
def test_any_graph_in_c_is_the_recorded_one_to_the_last_bit(graphs: int) -> None:
    """Many in one program, since each takes the compiler as long as many."""
    found = cases(graphs)
    for first in range(0, len(found), 40):
        xs: list[Value] = []
        outputs: list[Value] = []
        expected: list[list[float]] = []
        for case in found[first : first + 40]:
            variables, y = case.at(case.recipe.leaves)
            assert y is not None
            slopes = gradients(y, variables)
            if is_finite(slopes):
                expected.append([*[0.0] * len(xs), *slopes])
                xs += variables
                outputs.append(y)
        for number, x in enumerate(xs):
            x.label = f"x{number}"
        values, slopes = compile_graph(outputs, xs, target="c")._attempt([x.data for x in xs])
        assert values == [y.data for y in outputs]
        for found_slopes, known in zip(slopes, expected, strict=True):
            assert found_slopes == known + [0.0] * (len(xs) - len(known))


# -- but for rounding ---------------------------------------------------------------------------


def is_settled(y: Value) -> bool:
    """Whether no rounding can decide on a branch, or on whether there is a value."""
    for node in topological_order(y):
        operands = node.operands
        unsure = [doubt(o) if isinstance(o, Value) else 0 for o in operands]
        numbers = [o.data if isinstance(o, Value) else o for o in operands]
        if node.op is None or not any(unsure):
            continue
        if not all(u <= 1e-3 * abs(x) for x, u in zip(numbers, unsure)):
            return False
        if node.op.name in ("maximum", "minimum"):
            if abs(numbers[0] - numbers[1]) <= sum(unsure):
                return False
        elif node.op.name == "pow" and unsure[1] and not numbers[0] > 0.0:
            return False
    return True


def check_close(found: Any, xs: list[Value], y: Value) -> int:
    """Value and slopes, as far as they can be told; how many could be."""
    if not is_settled(y):
        return 0
    told = [agree(y.data, found[0], doubt(y))]
    try:
        slopes = gradients(y * Value(1.0), xs, create_graph=True)
        told += [agree(b.data, a, doubt(b)) for a, b in zip(found[1], slopes, strict=True)]
    except DomainError:  # one is infinite
        pass
    assert False not in told, (found, y, gradients(y, xs))
    return told.count(True)


@some(150, 30_000)
def test_any_graph_over_arrays_is_the_recorded_one_but_for_rounding(graphs: int) -> None:
    numpy = pytest.importorskip("numpy")
    compared = 0
    for case in cases(graphs):
        xs, y = case.at(case.recipe.leaves)
        program = compile_graph(y, xs, target="numpy")
        known = [(point, *case.at(point)) for point in case.points]
        for point, _, y in known:
            if y is None:
                assert outcome(program, *point)[0] == "DomainError", (case, point)
        known = [each for each in known if each[2] is not None]
        values, slopes = program(*numpy.array([point for point, _, _ in known]).T)
        for place, (_, xs, y) in enumerate(known):
            compared += check_close((values[place], [slope[place] for slope in slopes]), xs, y)
    print(compared, "numbers")
    assert compared > 2 * graphs


@pytest.mark.node
@some(150, 10_000)
def test_any_graph_in_node_is_the_recorded_one_but_for_rounding(
    graphs: int, tmp_path: Path
) -> None:
    found = cases(graphs)
    programs = []
    for case in found:
        xs, y = case.at(case.recipe.leaves)
        programs.append((compile_graph(y, xs, target="javascript").source, case.points))
    compared = 0
    for case, results in zip(found, run_in_node(tmp_path, programs), strict=True):
        for point, result in zip(case.points, results, strict=True):
            xs, y = case.at(point)
            if y is None or not is_finite(gradients(y, xs)):
                continue  # what these give is tested row by row
            if isinstance(result, list):
                compared += check_close(result, xs, y)
            else:
                assert result == "RangeError: an operation has no finite value"
                assert not is_settled(y), (case, point)
    print(compared, "numbers")
    assert compared > 2 * graphs
