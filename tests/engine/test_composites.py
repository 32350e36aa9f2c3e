"""logsumexp, softmax and pick: their values, their gradients, and no overflow."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import pytest

from autograd_mini import (
    DomainError,
    Value,
    gradients,
    hessian,
    logsumexp,
    pick,
    sigmoid,
    softmax,
    softplus,
)

LISTS = [
    [0.0],
    [1.0, 2.0, 3.0],
    [-1000.0, -1001.0],
    [1000.0, 1000.0, 999.0],
    [0.1, -0.2, 0.3, -5.0, 4.0],
    [1e-300, 0.0, -1e-300],
]


@pytest.mark.parametrize("numbers", LISTS, ids=str)
def test_logsumexp_and_softmax_agree_with_mpmath(numbers: list[float]) -> None:
    with mpmath.workdps(50):
        powers = [mpmath.exp(x) for x in numbers]
        exact = mpmath.log(mpmath.fsum(powers))
        shares = [power / mpmath.fsum(powers) for power in powers]
        # The result is the sum of the largest and the rest: its error is relative to the larger.
        scale = max(1.0, *map(abs, numbers))
        assert abs(logsumexp(numbers) - exact) <= 1e-15 * scale
        assert softmax(numbers) == pytest.approx([float(share) for share in shares], rel=1e-13)


EXTREME = [0.0, -0.0, 5e-324, 1e-300, -40.0, 40.0, -745.0, 745.0, 1e17, -1e17, 1e308, -1e308]


def test_at_extreme_inputs_the_functions_agree_with_mpmath() -> None:
    """mpmath has 700 digits, because 1e308 + log(2) needs 309 of them."""
    with mpmath.workdps(700):
        for x in map(mpmath.mpf, EXTREME):
            assert softplus(float(x)) == pytest.approx(
                float(mpmath.log1p(mpmath.exp(x))), rel=4e-16
            )
            exact = 1 / (1 + mpmath.exp(-x)) if x > -1e4 else mpmath.mpf(0)
            assert sigmoid(float(x)) == pytest.approx(float(exact), rel=4e-16, abs=5e-324)
            for y in map(mpmath.mpf, EXTREME):
                largest, distance = max(x, y), abs(x - y)
                rest = mpmath.log1p(mpmath.exp(-distance)) if distance < 1e4 else mpmath.mpf(0)
                total = logsumexp([float(x), float(y)])
                # The error is a rounding error of the largest value, and of log(1 + ...).
                assert abs(total - (largest + rest)) <= 2.3e-16 * max(1, abs(largest))
                share = 1 / (1 + mpmath.exp(-distance)) if distance < 1e4 else mpmath.mpf(1)
                found = max(softmax([float(x), float(y)]))
                assert found == pytest.approx(float(share), rel=4e-16)


def test_logsumexp_and_softmax_of_floats_are_floats_with_the_numbers_of_values() -> None:
    for numbers in LISTS:
        values = [Value(x) for x in numbers]
        assert type(logsumexp(numbers)) is float
        assert logsumexp(values).data == logsumexp(numbers)
        assert [share.data for share in softmax(values)] == softmax(numbers)
        assert logsumexp(x for x in values).data == logsumexp(numbers)
        assert [share.data for share in softmax(x for x in values)] == softmax(numbers)


def test_the_gradient_of_logsumexp_is_softmax() -> None:
    for numbers in LISTS:
        xs = [Value(x) for x in numbers]
        assert gradients(logsumexp(xs), xs) == pytest.approx(softmax(numbers), rel=1e-14)


def test_the_jacobian_of_softmax_agrees_with_the_textbook() -> None:
    numbers = [0.5, -1.0, 2.0]
    xs = [Value(x) for x in numbers]
    shares = softmax(numbers)
    for i, share in enumerate(softmax(xs)):
        expected = [shares[i] * ((i == j) - shares[j]) for j in range(3)]
        assert gradients(share, xs) == pytest.approx(expected, rel=1e-13)


def test_the_hessian_of_logsumexp_is_the_jacobian_of_softmax() -> None:
    numbers = [0.5, -1.0, 2.0]
    shares = softmax(numbers)
    expected = [[shares[i] * ((i == j) - shares[j]) for j in range(3)] for i in range(3)]
    for found, row in zip(hessian(lambda *xs: logsumexp(xs))(*numbers), expected):
        assert found == pytest.approx(row, rel=1e-13)


def test_constants_among_the_values_of_logsumexp_have_their_share() -> None:
    x = Value(2.0)
    total = logsumexp([x, 2.0, 2])
    total.backward()
    assert total.data == pytest.approx(2 + math.log(3), rel=1e-15)
    assert x.grad == pytest.approx(1 / 3, rel=1e-15)


@pytest.mark.parametrize(
    ("numbers", "total", "shares"),
    [
        ([1e308, 1e308], 1e308, [0.5, 0.5]),
        ([-1e308, -1e308], -1e308, [0.5, 0.5]),
        ([1e308, -1e308], 1e308, [1.0, 0.0]),
        ([-1e308, 0.0, 1e308], 1e308, [0.0, 0.0, 1.0]),
        ([1e308, 1e4], 1e308, [1.0, 0.0]),
        ([0.0, -math.inf], 0.0, [1.0, 0.0]),
    ],
    ids=str,
)
def test_logsumexp_and_softmax_never_overflow(
    numbers: list[float], total: float, shares: list[float]
) -> None:
    assert logsumexp(numbers) == total
    assert softmax(numbers) == shares
    xs = [Value(x) for x in numbers]
    assert logsumexp(xs).data == total
    assert gradients(logsumexp(xs), xs) == shares
    for i, share in enumerate(softmax(xs)):
        assert share.data == shares[i]
        assert gradients(share, xs) == [shares[i] * ((i == j) - shares[j]) for j in range(len(xs))]


def test_a_nan_among_the_values_makes_logsumexp_and_softmax_nan() -> None:
    for numbers in ([math.nan, 1.0], [1.0, math.nan], [math.nan]):
        assert math.isnan(logsumexp(numbers))
        assert all(map(math.isnan, softmax(numbers)))
        xs = [Value(x) for x in numbers]
        assert math.isnan(logsumexp(xs).data)
        assert all(math.isnan(share.data) for share in softmax(xs))


@pytest.mark.parametrize("f", [logsumexp, softmax])
def test_logsumexp_and_softmax_refuse_infinite_values(f: Callable[[Any], Any]) -> None:
    for numbers in ([math.inf, 1.0], [-math.inf, -math.inf]):
        with pytest.raises(DomainError) as caught:
            f(numbers)
        infinity = repr(max(numbers)).replace("-inf", "(-inf)")
        assert str(caught.value) == f"{infinity} - {max(numbers)!r} does not exist"
        with pytest.raises(DomainError):
            f([Value(x) for x in numbers])


@pytest.mark.parametrize("f", [logsumexp, softmax])
def test_logsumexp_and_softmax_need_a_value(f: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match="at least one value") as caught:
        f([])
    assert str(caught.value) == f"{f.__name__} needs at least one value, got none"


@pytest.mark.parametrize("f", [logsumexp, softmax])
def test_logsumexp_and_softmax_refuse_other_objects_than_lists_of_numbers(
    f: Callable[[Any], Any],
) -> None:
    with pytest.raises(TypeError) as caught:
        f(Value(2.0))  # as a layer of one neuron gives it
    expected = "takes a list of Values and numbers, got Value(data=2.0)"
    assert str(caught.value) == f"{f.__name__} {expected}"
    with pytest.raises(TypeError) as caught:
        f([1.0, "2"])
    expected = "takes Values and real numbers, but '2' is in it"
    assert str(caught.value) == f"{f.__name__} {expected}"


TABLE = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


@pytest.mark.parametrize("index", [0, 1, 2, 2.0])
def test_pick_by_a_number_is_the_entry_itself(index: float) -> None:
    assert pick(TABLE, index) is TABLE[int(index)]
    leaf = Value(1.5)
    assert pick((0.5, leaf), 1) is leaf


@pytest.mark.parametrize("index", [0, 1, 2])
def test_pick_by_a_value_hands_the_gradient_to_the_picked_entry_alone(index: int) -> None:
    rows = [[Value(x) for x in row] for row in TABLE]
    place = Value(float(index))
    x, y = pick(rows, place)
    assert [x.data, y.data] == TABLE[index]
    (x + 10.0 * y).backward()
    expected = [[0.0, 0.0]] * 3
    expected[index] = [1.0, 10.0]
    assert [[leaf.grad for leaf in row] for row in rows] == expected
    assert place.grad == 0.0


def test_pick_takes_entries_that_are_numbers_and_deeper_lists() -> None:
    assert [each.data for each in pick([[(1.0,), 2.0], [(3.0,), 4.0]], Value(1.0))[0]] == [3.0]
    assert pick([7.0], Value(0.0)) == 7.0


@pytest.mark.parametrize("index", [-1, 3, 0.5, math.nan])
@pytest.mark.parametrize("make", [float, Value])
def test_pick_refuses_an_index_without_an_entry(index: float, make: Any) -> None:
    with pytest.raises(IndexError, match="an index is a whole number from 0 to 2, got "):
        pick(TABLE, make(index))
    with pytest.raises(IndexError):
        pick([], make(index))
