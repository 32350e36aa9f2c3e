"""Random graphs over every row: against PyTorch, against recomputation, forward against reverse.

A recipe is carried out with floats, Values, or PyTorch's tensors. A sine folds an operand outside
its row's domain back into it, so that every row is used where it is well conditioned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recipes import ORDINARY, ROWS, Recipe, carry_out, ends, small_recipes

import autograd_mini as ag
from autograd_mini import Operation, Value, gradients, hessian, jvp, topological_order

EPSILON = 2.0**-53


RECIPES = small_recipes(ORDINARY, most_lines=12)


def carry_out_folded(
    recipe: Recipe,
    leaves: Sequence[Any],
    apply: Callable[..., Any],
    number: Callable[[Any], float] = lambda x: x.data if isinstance(x, Value) else x,
) -> Any:
    """The sum of all ends of a recipe; `apply(row, *operands)` computes."""

    def folded(row: Operation, *operands: Any) -> Any:
        return apply(row, *(fold(x, *i, apply, number) for x, i in zip(operands, row.domain)))

    values = carry_out(recipe, leaves, folded)
    total, *others = (values[place] for place in ends(recipe, values))
    for other in others:
        total = apply(ag.add, total, other)
    return total


def fold(
    x: Any, low: float, high: float, apply: Callable[..., Any], number: Callable[[Any], float]
) -> Any:
    if low <= number(x) <= high:
        return x
    half = 0.49 * (high - low)
    return apply(ag.add, apply(ag.mul, half, apply(ag.sin, x)), (low + high) / 2)


def call(row: Operation, *operands: Any) -> Any:
    return row(*operands)


A_THOUSAND = settings(max_examples=1000)
HUNDREDS = settings(max_examples=300)


# -- against PyTorch ----------------------------------------------------------------------------


def torch_row(row: Operation, *operands: Any) -> Any:
    """A row in PyTorch: its function, or for those that it has otherwise, what the row says."""
    import torch

    xs = [torch.as_tensor(x, dtype=torch.float64) for x in operands]
    match row.name:
        case "sign":
            return torch.where(xs[0] >= 0, 1.0, -1.0).double() + 0 * xs[0]
        case "step":
            return torch.where(xs[0] >= 0, 1.0, 0.0).double() + 0 * xs[0]
        case "pow" if xs[1].item() == 0.0:
            # PyTorch 2.13 has d2z/dxdy = 0 there, but x**(y - 1) * (1 + y * log(x)) = 1/x.
            return torch.exp(xs[1] * torch.log(xs[0]))
        case "softplus":
            return torch.nn.functional.softplus(xs[0], threshold=1e3)
        case name:
            return getattr(torch, name)(*xs)


class Derivatives(NamedTuple):
    value: list[float]
    slopes: list[float]
    curvatures: list[float]


def torch_derivatives(recipe: Recipe, rounding: float = 0.0, seed: int = 0) -> Derivatives:
    """By PyTorch; with `rounding`, what the backward pass adds to the gradient of an operand is
    off by a random share of it, and with an odd seed every operand is, too.

    Not with an even one, because two operands that are off no longer tie.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)

    def off() -> float:
        return 1 + rounding * (2 * torch.rand((), generator=generator).item() - 1)

    def rounded(x: Any) -> Any:
        x = x * (off() if seed % 2 else 1.0)
        if isinstance(x, torch.Tensor) and x.requires_grad:
            share = off()
            x.register_hook(lambda gradient: gradient * share)
        return x

    def apply(row: Operation, *operands: Any) -> Any:
        return torch_row(row, *(map(rounded, operands) if rounding else operands))

    def second(slope: Any) -> list[float]:
        if not slope.requires_grad:
            return [0.0] * len(xs)
        found = torch.autograd.grad(slope, xs, retain_graph=True, allow_unused=True)
        return [0.0 if curvature is None else curvature.item() for curvature in found]

    xs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in recipe.leaves]
    y = carry_out_folded(recipe, xs, apply, lambda x: x.item() if hasattr(x, "item") else x)
    slopes = torch.autograd.grad(y, xs, create_graph=True)
    curvatures = [curvature for slope in slopes for curvature in second(slope)]
    return Derivatives([y.item()], [slope.item() for slope in slopes], curvatures)


def our_derivatives(recipe: Recipe) -> Derivatives:
    xs = [Value(x) for x in recipe.leaves]
    y = carry_out_folded(recipe, xs, call)
    y.backward()
    matrix = hessian(lambda *xs: carry_out_folded(recipe, xs, call))(*recipe.leaves)
    return Derivatives([y.data], [x.grad for x in xs], [number for row in matrix for number in row])


def test_a_thousand_random_graphs_agree_with_pytorch() -> None:
    """Values, first and second derivatives, to 1e-12 relative where they are well conditioned.

    Two correct programs may round every intermediate result differently, and derivatives that
    are a difference of large terms show it: there the bound is what such roundings do. It is
    measured, in PyTorch alone, by making all roundings 2**13 times as large; the derivatives of
    99 % of the graphs must not need it.
    """
    pytest.importorskip("torch")
    graphs = well_conditioned = 0

    @A_THOUSAND
    @given(RECIPES)
    def compare(recipe: Recipe) -> None:
        nonlocal graphs, well_conditioned
        ours, theirs = our_derivatives(recipe), torch_derivatives(recipe)
        strict = all(close(a, b, 0.0) for a, b in pairs(ours, theirs))
        graphs += 1
        well_conditioned += strict
        if strict:
            return
        coarse = [pairs(torch_derivatives(recipe, EPSILON * 2**13, i), theirs) for i in range(10)]
        for place, (a, b) in enumerate(pairs(ours, theirs)):
            spread = max(abs(run[place][0] - b) for run in coarse)
            assert close(a, b, spread / 2**13 * 4), (a, b, spread)

    compare()
    assert graphs >= 1000
    assert well_conditioned >= 0.99 * graphs, (well_conditioned, graphs)


def pairs(ours: Derivatives, theirs: Derivatives) -> list[tuple[float, float]]:
    return [pair for a, b in zip(ours, theirs) for pair in zip(a, b)]


def close(a: float, b: float, bound: float) -> bool:
    return abs(a - b) <= max(1e-12 * abs(b), bound)


# -- against itself -----------------------------------------------------------------------------


@HUNDREDS
@given(RECIPES)
def test_recording_computes_what_floats_give_to_the_last_bit(recipe: Recipe) -> None:
    floats: list[float] = []
    recorded: list[float] = []

    def on_floats(row: Operation, *operands: float) -> float:
        floats.append(row(*operands))
        return floats[-1]

    def on_values(row: Operation, *operands: Any) -> Any:
        z = row(*operands)
        recorded.append(float(z))
        return z

    carry_out_folded(recipe, recipe.leaves, on_floats)
    carry_out_folded(recipe, [Value(x) for x in recipe.leaves], on_values)
    assert list(map(repr, recorded)) == list(map(repr, floats))  # repr tells -0.0 from 0.0


@HUNDREDS
@given(RECIPES)
def test_gradients_that_can_be_differentiated_are_the_others_to_the_last_bit(
    recipe: Recipe,
) -> None:
    xs = [Value(x) for x in recipe.leaves]
    y = carry_out_folded(recipe, xs, call)
    assert gradients(y, xs) == [slope.data for slope in gradients(y, xs, create_graph=True)]
    y.backward()
    # backward() may add the shares of a value in another order.
    for x, slope, size in zip(xs, gradients(y, xs), sizes(y, xs)):
        assert abs(x.grad - slope) <= bound(y) * size


@given(RECIPES, st.lists(ORDINARY, min_size=3, max_size=3))
def test_forward_mode_agrees_with_reverse(recipe: Recipe, tangents: list[float]) -> None:
    xs = [Value(x) for x in recipe.leaves]
    tangents = tangents[: len(xs)]
    y = carry_out_folded(recipe, xs, call)
    value, along = jvp(lambda *xs: carry_out_folded(recipe, xs, call), recipe.leaves, tangents)
    assert value == y.data
    by_reverse = math.fsum(slope * t for slope, t in zip(gradients(y, xs), tangents))
    size = sum(size * abs(t) for size, t in zip(sizes(y, xs), tangents))
    assert abs(along - by_reverse) <= bound(y) * size


def bound(y: Value) -> float:
    """What sums and products of the same partials in two orders may differ by, relative to
    `sizes`: each is a sum over paths, which rounds twice for each value (Higham, Accuracy and
    Stability of Numerical Algorithms, 2002, section 3.1)."""
    steps = 4 * len(topological_order(y)) + 8
    return steps * EPSILON / (1 - steps * EPSILON)


def sizes(y: Value, xs: list[Value]) -> list[float]:
    """For each x the sum over all paths of the product of the partials' absolute values."""
    found: dict[Value, float] = {y: 1.0}
    for value in reversed(topological_order(y)):
        for operand, partial in zip(value.operands, value.partials):
            if isinstance(operand, Value) and partial is not None:
                share = found.get(value, 0.0) * abs(partial)
                found[operand] = found.get(operand, 0.0) + share
    return [found.get(x, 0.0) for x in xs]


@A_THOUSAND
@given(st.sampled_from(ROWS), st.lists(st.floats(), min_size=2, max_size=2))
def test_at_any_operands_recording_gives_what_floats_give_or_fails_as_they_do(
    row: Operation, numbers: list[float]
) -> None:
    """Infinities, nan, the largest and the smallest floats included."""
    operands = numbers[: row.arity]
    values = [Value(x) for x in operands]
    expected = outcome(row, *operands)
    recorded = [outcome(row, *values)]
    if row.arity == 2:
        recorded += [outcome(row, values[0], operands[1]), outcome(row, operands[0], values[1])]
    assert [(told, number) for told, number, _ in recorded] == [expected[:2]] * len(recorded)
    for _, _, partials in recorded[1:]:
        for partial, complete in zip(partials, recorded[0][2]):
            assert partial == "None" or partial == complete


def outcome(row: Operation, *operands: Any) -> tuple[str, str, list[str]]:
    """How a call ended, its number, and the partials it recorded; repr tells nan and -0.0."""
    try:
        z = row(*operands)
    except ag.DomainError as error:
        why = "overflows" if " overflows" in str(error) else "does not exist"
        return f"{error.operation.name} of {error.operands} {why}", "", []
    partials = [repr(partial) for partial in z.partials] if isinstance(z, Value) else []
    return "is", repr(float(z)), partials
