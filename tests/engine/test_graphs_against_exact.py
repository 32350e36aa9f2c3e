"""Random graphs over every row and of any finite numbers, against exact arithmetic.

mpmath computes the same with 50 digits and textbook formulas; what rounding may do is derived for
each number (`rounding.doubt`), so that a difference beyond it is a fault.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from typing import Any

import exact_derivatives as exact
import pytest
from exact_derivatives import Elsewhere, Jet
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mpf
from recipes import (
    ORDINARY,
    ROWS,
    Line,
    Recipe,
    carry_out_partly,
    ends,
    small_recipes,
)
from rounding import agree, doubt

from autograd_mini import DomainError, Value, gradients, jvp


def exactly(recipe: Recipe, values: list[Value | None]) -> list[Jet | None]:
    """The same with exact numbers, as far as these are on the same side of every kink.

    And as far as mpmath can work with them: rounding may have carried a float over a pole, and the
    exact number to 10**10**9, whose sine takes as many digits of pi.
    """
    count = len(recipe.leaves)
    jets: list[Jet | None] = [exact.leaf(x, k, count) for k, x in enumerate(recipe.leaves)]
    for place, (row, places) in enumerate(recipe.lines, count):
        operands = [jets[p] if isinstance(p, int) else exact.constant(p, count) for p in places]
        known = [each for each in operands if each is not None]
        jet = None
        workable = all(abs(each.value) < mpf("1e1000") for each in known)
        if values[place] is not None and len(known) == len(operands) and workable:
            floats = [values[p].data if isinstance(p, int) else p for p in places]  # type: ignore[union-attr]
            try:
                jet = exact.apply(row.name, known, floats)
            except (Elsewhere, ZeroDivisionError, ValueError):
                jet = None
        jets.append(jet)
    return jets


LARGEST = sys.float_info.max


class Tally:
    """How many numbers of each kind were compared, and how many could not be."""

    def __init__(self) -> None:
        self.graphs = 0
        self.compared: Counter[str] = Counter()
        self.undecided: Counter[str] = Counter()

    def close(self, kind: str, found: float, expected: Any, bound: float) -> bool:
        """Whether they agree as far as can be told; False only if they do not."""
        told = agree(found, expected, bound) if abs(expected) < LARGEST else None
        (self.undecided if told is None else self.compared)[kind] += 1
        return told is not False


def differentiable(y: Value, xs: list[Value]) -> list[Value] | None:
    """dy/dx for each x; None where one is infinite, which cannot be recorded.

    Times a Value of 1.0, so that every adjoint is one: what is computed of constants would be a
    float, and its rounding unseen by `doubt`.
    """
    try:
        return gradients(y * Value(1.0), xs, create_graph=True)
    except DomainError:
        return None


def compare(recipe: Recipe, tally: Tally) -> None:
    """Values, gradients by reverse mode in both its forms and by forward mode, and curvatures."""
    tally.graphs += 1
    xs = [Value(x) for x in recipe.leaves]
    values = carry_out_partly(recipe, xs)
    jets = exactly(recipe, values)
    for end in ends(recipe, values):
        y, jet = values[end], jets[end]
        if y is None or jet is None or y.op is None:
            continue
        assert tally.close("value", y.data, jet.value, doubt(y)), (y.data, jet.value)
        slopes = differentiable(y, xs)
        if slopes is None:
            continue
        assert same(gradients(y, xs), [slope.data for slope in slopes])
        plain = gradients(y, xs, create_graph=True)
        assert same([slope.data for slope in plain], [slope.data for slope in slopes])
        for x in xs:
            x.grad = 0.0
        y.backward()
        for i, slope in enumerate(slopes):
            expected, bound = jet.slopes[i], doubt(slope)
            assert tally.close("slope", slope.data, expected, bound), (i, slope, expected)
            assert tally.close("backward", xs[i].grad, expected, bound), (i, xs[i], expected)
            found = gradients(plain[i], xs)
            for j, curvature in enumerate(differentiable(slope, xs) or ()):
                expected, bound = jet.curvatures[i][j], doubt(curvature)
                for number in (curvature.data, found[j]):
                    assert tally.close("curvature", number, expected, bound), (i, j, number)
        forward(recipe, end, jet, tally)


def same(found: list[float], expected: list[float]) -> bool:
    return all(a == b or (a != a and b != b) for a, b in zip(found, expected, strict=True))


def forward(recipe: Recipe, end: int, jet: Jet, tally: Tally) -> None:
    tangents = [Value(t) for t in (1.5, -0.75, 2.5)[: len(recipe.leaves)]]

    def f(*variables: Value) -> Value:
        found = carry_out_partly(recipe, list(variables))[end]
        assert found is not None
        return found

    try:
        _, along = jvp(f, recipe.leaves, tangents)
    except DomainError:
        return
    expected = sum(slope * t.data for slope, t in zip(jet.slopes, tangents))
    along = along if isinstance(along, Value) else Value(along)
    assert tally.close("forward", along.data, expected, doubt(along)), (along.data, expected)


GRAPHS = pytest.mark.parametrize("graphs", [300, pytest.param(100_000, marks=pytest.mark.long)])


@GRAPHS
def test_random_graphs_of_any_numbers_agree_with_exact_arithmetic(graphs: int) -> None:
    tally = Tally()

    @settings(max_examples=graphs)
    @given(small_recipes())
    def check(recipe: Recipe) -> None:
        compare(recipe, tally)

    check()
    print(tally.graphs, "graphs:", tally.compared, "undecided:", tally.undecided)
    assert tally.graphs >= graphs
    for kind, compared in tally.compared.items():
        assert compared >= 20 * tally.undecided[kind], kind


def test_a_number_that_rounding_may_carry_over_a_pole_is_undecided() -> None:
    """tan(atan(x)) of a large x is the tangent of the float next to pi/2, 1.6e16, whatever x is."""
    x = Value(1e21)
    y = x.atan().tan() + x
    assert y.data == 1e21 + math.tan(math.pi / 2)
    assert agree(y.data, 2e21, doubt(y)) is None


def test_the_square_of_a_rounding_error_is_within_the_doubt() -> None:
    """exp(1e-16) is 1 in floats, its logarithm 0, and so are the partials of the square of that."""
    y = Value(1e-16).exp().log()
    for square in (y * y, y**2, y.pow(2.0)):
        assert square.data == 0.0
        assert agree(square.data, 1e-32, doubt(square)) is True
        assert agree(square.data, 1e-29, doubt(square)) is False


def test_a_path_whose_partial_underflows_counts_in_the_doubt() -> None:
    """d(e/p)/dp is -4e-363, which no float holds; its product with dp/de is the slope of y."""
    x = Value(2e291)
    e = x.sin().log1p()
    p = x**e
    y = e / p
    assert y.partials[1] == 0.0
    assert agree(y.data, mpf("4.7580300827770656898e-182"), doubt(y)) is True
    assert agree(y.data, mpf("4.7580300827780e-182"), doubt(y)) is True
    assert agree(y.data, mpf("4.7580300830e-182"), doubt(y)) is False
    (slope,) = gradients(y * Value(1.0), [x], create_graph=True)
    assert agree(slope.data, mpf("-8.66130270809478e-180"), doubt(slope)) is None


# -- deep ones ----------------------------------------------------------------------------------

SECOND = st.sampled_from([0, 1]) | ORDINARY  # one of the leaves, or a constant


@st.composite
def chains(draw: Any, depth: int) -> Recipe:
    """As many values, each made of the one before, and of a leaf or a constant.

    A few steps are repeated; one is left out where its value or its slope would make those of the
    chain as a whole larger than 1e100, or smaller than 1e-100.
    """
    leaves = [draw(ORDINARY), draw(ORDINARY)]
    steps = draw(st.lists(st.tuples(st.sampled_from(ROWS), SECOND, st.booleans()), min_size=1))
    lines: list[Line] = []
    xs = [Value(x) for x in leaves]
    last, slope = xs[0], 0.0
    for number in range(2 * depth):
        row, second, swapped = steps[number % len(steps)]
        place = len(lines) + 1 if lines else 0
        places: list[int | float] = [place, second][: row.arity]
        operands = [last, xs[second] if isinstance(second, int) else second][: row.arity]
        if swapped:
            places, operands = places[::-1], operands[::-1]
        try:
            made = row(*operands)
        except DomainError:
            continue
        partial = made.partials[operands.index(last)]
        if partial and abs(made.data) < 1e100 and abs(slope + math.log10(abs(partial))) < 100:
            slope += math.log10(abs(partial))
            lines.append(Line(row, tuple(places)))
            last = made
        if len(lines) == depth:
            break
    return Recipe(leaves, lines, [len(lines) + 1])


@pytest.mark.parametrize(
    ("graphs", "depth"),
    [(3, 300), (1, 10_000), *(pytest.param(70, n, marks=pytest.mark.long) for n in (300, 10_000))],
)
def test_deep_chains_agree_with_exact_arithmetic(graphs: int, depth: int) -> None:
    tally = Tally()
    depths: list[int] = []

    @settings(max_examples=graphs)
    @given(chains(depth))
    def check(recipe: Recipe) -> None:
        depths.append(len(recipe.lines))
        compare(recipe, tally)

    check()
    print(sorted(depths), tally.compared, "undecided:", tally.undecided)
    assert max(depths) == depth
