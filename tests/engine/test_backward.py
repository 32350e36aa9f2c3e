"""backward() and backward_steps(): what they add where, in which order, and how often."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from recipes import leaves_of, outputs_of, random_recipe

import autograd_mini as ag
from autograd_mini import Share, Step, Value, backward_steps, topological_order


def test_the_gradient_of_a_neuron_is_the_one_worked_by_hand() -> None:
    x1, x2, w1, w2, b = (Value(x) for x in (2.0, 0.0, -3.0, 1.0, 6.8813735870195432))
    (x1 * w1 + x2 * w2 + b).tanh().backward()
    # tanh(0.881...) = sqrt(1/2), so its derivative is 1/2.
    expected = {x1: -1.5, w1: 1.0, x2: 0.5, w2: 0.0, b: 0.5}
    for leaf, gradient in expected.items():
        assert leaf.grad == pytest.approx(gradient, rel=1e-15, abs=0)


def test_a_value_used_twice_receives_both_shares() -> None:
    """The counterexample to every wrong order: a = 1, b = a + a, c = b + b."""
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (c.data, c.grad, b.grad, a.grad) == (4.0, 1.0, 2.0, 4.0)


def test_a_square_receives_a_share_for_each_operand() -> None:
    v = Value(3.0)
    (v * v).backward()
    assert v.grad == 6.0


@pytest.mark.parametrize("swapped", [False, True])
def test_the_gradients_of_both_sides_of_a_diamond_add_up(swapped: bool) -> None:
    x = Value(2.0)
    left, right = x * 3, x**2
    root = right * left if swapped else left * right
    root.backward()
    assert (left.grad, right.grad, x.grad) == (4.0, 6.0, 36.0)


def test_a_gradient_set_to_none_is_zeroed_as_in_pytorch() -> None:
    w = Value(3.0, label="w")
    (w * w).backward()
    w.grad = None  # type: ignore[assignment]
    assert str(ag.draw(w)).splitlines()[-1] == "w                   3     -"
    (w * 2).backward()
    assert w.grad == 2.0
    w.grad = None  # type: ignore[assignment]
    (Value(2.0) * w).backward()
    assert w.grad == 2.0
    w.grad = None  # type: ignore[assignment]
    list(backward_steps(w * 2 + w))
    assert w.grad == 3.0
    w.grad = None  # type: ignore[assignment]
    w.backward()
    assert w.grad == 1.0


@pytest.mark.parametrize("swapped", [False, True])
def test_backward_visits_a_value_after_the_longest_path_to_it(swapped: bool) -> None:
    """x feeds the root directly and through a chain: its share through the chain is complete."""
    x = Value(1.0)
    doubled = x * 2
    chain = doubled
    for _ in range(10):
        chain = chain + doubled
    root = doubled + chain if swapped else chain + doubled
    root.backward()
    assert (doubled.grad, x.grad) == (12.0, 24.0)


def test_a_value_used_a_thousand_times_receives_a_thousand_shares() -> None:
    x = Value(0.5)
    y = x * 2
    total = y
    for _ in range(999):
        total = total + y
    total.backward()
    assert (y.grad, x.grad) == (1000.0, 2000.0)


def test_a_graph_with_exponentially_many_paths_takes_one_step_a_value() -> None:
    x = Value(1.0)
    y = x
    for _ in range(1000):
        y = y * 0.5 + y * 0.5
    y.backward()
    assert (y.data, x.grad) == (1.0, 1.0)
    assert sum(1 for _ in backward_steps(y)) == 3000


def test_backward_twice_gives_exactly_twice_the_gradient_of_the_leaves() -> None:
    a = Value(2.0)
    b = a * a
    c = b * b
    d = c * a
    d.backward()
    assert (a.grad, b.grad, c.grad, d.grad) == (80.0, 16.0, 2.0, 1.0)
    d.backward()
    assert (a.grad, b.grad, c.grad, d.grad) == (160.0, 16.0, 2.0, 1.0)


def test_backward_twice_gives_exactly_twice_a_gradient_that_is_rounded() -> None:
    x = Value(0.75)
    y = x.sqrt() - x
    y.backward()
    once = x.grad
    y.backward()
    assert x.grad == 2 * once


def test_backward_twice_is_64_where_micrograd_says_96() -> None:
    """karpathy/micrograd issue 102: there, results keep their gradients and count them again."""
    e = Value(4.0)
    f = (e * e) * 4
    f.backward()
    assert e.grad == 32.0
    f.backward()
    assert e.grad == 64.0


def test_gradients_of_two_roots_add_up_at_their_leaves_only() -> None:
    x = Value(3.0)
    shared = x * x
    first, second = shared * 2, shared * 5
    first.backward()
    assert (x.grad, shared.grad) == (12.0, 2.0)
    second.backward()
    assert (x.grad, shared.grad, first.grad) == (12.0 + 30.0, 5.0, 1.0)


def test_a_gradient_that_was_set_by_hand_is_added_to_at_a_leaf_and_replaced_at_a_result() -> None:
    x = Value(3.0)
    y = x * 2
    z = y + 1
    x.grad, y.grad, z.grad = 100.0, 100.0, 100.0
    z.backward()
    assert (x.grad, y.grad, z.grad) == (102.0, 1.0, 1.0)


def test_backward_on_a_leaf_adds_its_derivative_with_respect_to_itself() -> None:
    x = Value(3.0)
    x.backward()
    assert (x.grad, x.has_grad) == (1.0, True)
    x.backward()
    assert x.grad == 2.0


def test_a_value_knows_whether_a_backward_pass_has_reached_it() -> None:
    x, other = Value(0.0), Value(1.0)
    below = x * 2
    root, above = below * 0, below * 7
    assert not any(value.has_grad for value in (x, other, below, root, above))
    root.backward()
    assert [value.has_grad for value in (x, below, root)] == [True, True, True]
    assert [value.has_grad for value in (other, above)] == [False, False]
    assert (x.grad, other.grad) == (0.0, 0.0)


def test_a_constant_has_no_gradient_and_makes_no_leaf() -> None:
    x = Value(3.0)
    y = (2 * x + 1) ** 2
    y.backward()
    assert topological_order(y)[0] is x
    assert [value for value in topological_order(y) if value.op is None] == [x]
    assert x.grad == 28.0


def test_backward_differentiates_the_recorded_evaluation_after_data_changed() -> None:
    x, y = Value(3.0), Value(4.0)
    z = (x * y).exp() / x.sqrt()
    z.backward()
    expected = x.grad, y.grad
    x.grad = y.grad = 0.0
    x.data, y.data = -100.0, 0.0
    z.backward()
    assert (x.grad, y.grad) == expected
    assert z.data == math.exp(12.0) / math.sqrt(3.0)


def test_an_infinite_slope_reaches_the_leaf() -> None:
    x = Value(0.0)
    (3 * x.sqrt()).backward()
    assert x.grad == math.inf


# -- order --------------------------------------------------------------------------------------


def test_operands_come_before_results_each_once_and_the_root_last() -> None:
    for seed in range(20):
        root = random_graph(seed)
        order = topological_order(root)
        place = {value: number for number, value in enumerate(order)}
        assert len(place) == len(order)
        assert order[-1] is root
        for value in order:
            for operand in value.operands:
                assert isinstance(operand, float) or place[operand] < place[value]


def test_the_order_below_many_roots_has_each_value_once() -> None:
    x, y = Value(1.0, "x"), Value(2.0, "y")
    first, second = x + y, x * y
    order = topological_order([first, second, first, x])
    assert order == [x, y, first, second]
    assert topological_order([]) == []
    assert topological_order(x) == [x]


# -- step by step -------------------------------------------------------------------------------


def test_backward_steps_report_the_whole_backward_pass() -> None:
    x = Value(2.0)
    y = x * 3
    z = y * x
    assert list(backward_steps(z)) == [
        Step(z, 1.0, (Share(y, 2.0, 2.0), Share(x, 6.0, 6.0))),
        Step(y, 2.0, (Share(x, 3.0, 6.0),)),
    ]
    assert (x.grad, y.grad, z.grad) == (12.0, 2.0, 1.0)


def test_a_backward_step_is_reported_after_it_is_made() -> None:
    x = Value(2.0)
    y = x * x
    z = y + x
    steps = backward_steps(z)
    assert not z.has_grad
    told = []
    for step in steps:
        told.append((step.result, y.grad, x.grad))
    assert told == [(z, 1.0, 1.0), (y, 1.0, 5.0)]


def test_a_leaf_has_no_backward_steps() -> None:
    x = Value(2.0)
    assert list(backward_steps(x)) == []
    assert (x.grad, x.has_grad) == (1.0, True)
    assert list(backward_steps(x)) == []
    assert x.grad == 2.0


def test_the_shares_of_backward_steps_add_up_to_the_gradients_of_backward() -> None:
    for seed in range(50):
        root = random_graph(seed)
        values = topological_order(root)
        root.backward()
        expected = [value.grad for value in values]
        for value in values:
            value.grad = 0.0
        sums = dict.fromkeys(values, 0.0)
        reported = list(backward_steps(root))
        assert [value.grad for value in values] == expected
        for step in reported:
            assert step.adjoint == step.result.grad
            for operand, partial, amount in step.shares:
                assert amount == step.adjoint * partial
                sums[operand] += amount
        assert {value: value.grad for value in values if value is not root} == {
            value: sums[value] for value in values if value is not root
        }
        results = [value for value in values if value.op is not None]
        assert {step.result for step in reported} == set(results)
        assert len(reported) == len(results)


def test_a_result_is_stepped_back_from_only_when_its_gradient_is_complete() -> None:
    for seed in range(50):
        root = random_graph(seed)
        finished: set[Value] = set()
        for step in backward_steps(root):
            assert not finished.intersection(share.operand for share in step.shares)
            finished.add(step.result)


def random_graph(seed: int) -> Value:
    """The root of a graph of thirty values."""
    recipe = random_recipe(seed, 30)
    return outputs_of(recipe, leaves_of(recipe.leaves))[0]


@pytest.mark.parametrize("small", [lambda x: x * 1e-16, lambda x: 1e-16 * x], ids=["left", "right"])
@pytest.mark.parametrize("earlier", [1.0, -1.0, 2.0])
def test_the_sum_of_one_pass_is_added_to_the_earlier_gradient_of_a_leaf(
    small: Callable[[Value], Value], earlier: float
) -> None:
    """One by one, three shares of 1e-16 would each be rounded away."""
    x = Value(3.0)
    (x * earlier).backward()
    total = small(x) + small(x) + small(x)
    total.backward()
    assert x.grad == earlier + (1e-16 + 1e-16 + 1e-16)


def test_the_order_below_several_roots_takes_any_iterable_of_them() -> None:
    a, b = Value(1.0), Value(2.0)
    roots = [a * b, a + b]
    assert topological_order(iter(roots)) == [a, b, *roots]


def test_only_values_have_a_graph() -> None:
    loss = Value(2.0) ** 2
    for name, call in {
        "topological_order": lambda: topological_order([loss, 4.0]),  # type: ignore[list-item]
        "backward_steps": lambda: next(backward_steps(loss.data)),  # type: ignore[arg-type]
    }.items():
        with pytest.raises(TypeError) as caught:
            call()
        assert str(caught.value) == (
            f"{name} takes a Value, the result of a computation, got 4.0: "
            "give the Value instead of its data"
        )
