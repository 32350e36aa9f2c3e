"""What programs written for micrograd rely on: its README's numbers, `_prev` and `_op`."""

from __future__ import annotations

import pytest

from autograd_mini import Value, topological_order


def test_the_example_of_micrograds_readme_prints_its_numbers() -> None:
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert [f"{x:.4f}" for x in (g.data, a.grad, b.grad)] == ["24.7041", "138.8338", "645.5773"]


def test_prev_is_the_set_of_operands_that_are_values() -> None:
    a, b = Value(2.0), Value(3.0)
    assert a._prev == set()
    assert (a * b)._prev == {a, b}
    assert (a * a)._prev == {a}
    assert (a * 3)._prev == {a}
    assert (3 - b)._prev == {b}
    assert a.relu()._prev == {a}


def test_op_is_the_symbol_of_the_operation() -> None:
    a, b = Value(2.0), Value(3.0)
    results = [a, a + b, a - b, a * b, a / b, a**b, a**2, -a, a.relu(), a.tanh()]
    symbols = ["", "+", "-", "*", "/", "**", "**", "-", "relu", "tanh"]
    assert [result._op for result in results] == symbols


def test_a_trace_by_prev_and_op_finds_the_whole_graph() -> None:
    """The walk of trace_graph.ipynb."""
    a, b = Value(2.0), Value(3.0)
    root = ((a * b + 1) * a).relu()
    nodes, edges = set(), set()

    def build(value: Value) -> None:
        if value not in nodes:
            nodes.add(value)
            for child in value._prev:
                edges.add((child, value))
                build(child)

    build(root)
    assert nodes == set(topological_order(root))
    assert len(edges) == 6
    assert sorted(node._op for node in nodes) == ["", "", "*", "*", "+", "relu"]


def test_a_training_step_in_micrograds_manner() -> None:
    w = [Value(0.5), Value(-0.25)]
    for _ in range(2):
        loss = sum((wi * xi for wi, xi in zip(w, [1.0, 4.0])), Value(0)) ** 2
        for p in w:
            p.grad = 0
        loss.backward()
        for p in w:
            p.data -= 0.1 * p.grad
    # The sum is -1/2: it moves the weights by -0.1 * 2 * -1/2 * (1, 4); then it is 1.2.
    assert [p.data for p in w] == [pytest.approx(0.36), pytest.approx(-0.81)]
    assert loss.data == pytest.approx(1.44)
