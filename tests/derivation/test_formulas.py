"""Formulas and factors of a graph, as trees over the names of its values."""

import ast
import math
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from random_graphs import graphs

import nn
from autograd_mini import Value, gradients, label, operation, topological_order
from autograd_mini.engine.operation import TABLE
from autograd_mini.engine.tree import Printer, parse
from autograd_mini.symbols.formulas import evaluate, factor, formula
from autograd_mini.symbols.names import Names, name_of


def named(value: Value) -> bool:
    return value.label != ""


def text(tree: ast.expr) -> str:
    return Printer().text(tree)


def test_the_formulas_of_the_lectures_network() -> None:
    network = nn.two_two_two()
    network.forward()
    values = network.by_name()
    for name, expected in {
        "net_h1": "w1 * i1 + w2 * i2 + b1",
        "out_h1": "sigmoid(net_h1)",
        "net_o2": "w7 * out_h1 + w8 * out_h2 + b2",
        "E_o1": "(t1 - out_o1) ** 2 / 2",
        "E": "E_o1 + E_o2",
        "w1": "w1",
    }.items():
        assert text(formula(values[name], named)) == expected


@pytest.mark.parametrize(
    ("result", "operand", "expected"),
    [
        ("E", "E_o1", "1"),
        ("E_o1", "out_o1", "out_o1 - t1"),
        ("E_o1", "t1", "t1 - out_o1"),
        ("out_o1", "net_o1", "out_o1 * (1 - out_o1)"),
        ("net_o1", "w5", "out_h1"),
        ("net_o1", "out_h1", "w5"),
        ("net_h1", "b1", "1"),
        ("net_o1", "w7", "0"),
    ],
)
def test_the_factors_of_the_lectures_network(result: str, operand: str, expected: str) -> None:
    network = nn.two_two_two()
    network.forward()
    values = network.by_name()
    assert text(factor(values[result], values[operand], named)) == expected


def test_a_loss_without_the_half_keeps_its_two() -> None:
    network = nn.two_two_two(loss=nn.sum_of_squares)
    network.forward()
    assert text(factor(network.E_o1, network.out_o1, named)) == "2 * (out_o1 - t1)"


def test_the_log_loss_as_lectures_derive_it() -> None:
    y, t = Value(0.7, label="y"), Value(0.4, label="t")
    E = -(t * y.log() + (1 - t) * (1 - y).log())
    E.label = "E"
    assert text(formula(E, named)) == "-(t * log(y) + (1 - t) * log(1 - y))"
    assert text(factor(E, y, named)) == "(1 - t) / (1 - y) - t / y"


def test_a_conditional_is_written_as_the_branch_that_was_taken() -> None:
    for data, expected in [(2.0, "1"), (-2.0, "0"), (0.0, "0")]:
        x = Value(data, label="x")
        y = x.relu()
        assert text(formula(y, named)) == "relu(x)"
        assert text(factor(y, x, named)) == expected


def test_a_partial_that_needs_the_result_writes_out_what_has_no_name() -> None:
    x = Value(0.5, label="x")
    y = x.tanh() * 3
    y.label = "y"
    assert text(factor(y, x, named)) == "3 * (1 - tanh(x) ** 2)"


def test_a_value_that_is_used_five_times() -> None:
    x = Value(2.0, label="x")
    assert text(factor(x * x * x * x * x, x, named)) == "5 * x ** 4"
    assert text(factor(x + x + x + x + x, x, named)) == "5"


def test_operations_of_ones_own_are_read_from_their_row() -> None:
    cube = operation("cube_of", "x * x * x", "3 * x * x")
    try:
        x = Value(2.0, label="x")
        assert text(formula(cube(x), named)) == "cube_of(x)"
        assert text(factor(cube(x), x, named)) == "3 * x ** 2"
    finally:
        del TABLE["cube_of"], Value.cube_of


def test_names_are_labels_or_numbers() -> None:
    v1, b = Value(1.0, label="v1"), Value(2.0)
    names = Names(v1 * b + b)
    assert [names(value) for value in names.values] == ["v1", "v2", "v3", "v4"]


def test_values_with_one_label_are_told_apart_by_scope_or_number() -> None:
    names = Names(nn.MLP(1, [2], seed=1)([Value(1.0, label="x")])[0] * 1)
    assert [names(value) for value in names.values if value.label] == ["b", "w1", "x"]
    network = nn.MLP(1, [2, 1], seed=1)
    names = Names(network([Value(1.0, label="x")]))
    assert sorted(names(value) for value in names.values if value.label == "b") == [
        "b_layer1_neuron1",
        "b_layer1_neuron2",
        "b_layer2_neuron1",
    ]
    one, other, third = (Value(1.0, label=name) for name in ("x", "x", "x_1"))
    names = Names([one, other, third])
    assert [names(one), names(other), names(third)] == ["x_2", "x_3", "x_1"]


def test_a_value_without_a_name_is_refused() -> None:
    message = (
        "Value(data=1.0) has no label; give it one, or name all values of the graph with "
        "Names(root)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        name_of(Value(1.0))
    message = "Value(data=1.0) has no name here: it is not in the graph"
    with pytest.raises(LookupError, match=f"^{re.escape(message)}$"):
        Names(Value(2.0))(Value(1.0))


def test_evaluate_computes_with_floats_and_records_with_values() -> None:
    tree = parse("-relu(x) ** 2 / y", "xy")
    assert evaluate(tree, {"x": 3.0, "y": 2.0}) == -4.5
    x, y = Value(3.0), Value(2.0)
    assert gradients(evaluate(tree, {"x": x, "y": y}), [x, y]) == [-3.0, 2.25]


def test_evaluate_refuses_unknown_names_and_conditionals() -> None:
    with pytest.raises(LookupError, match=r"^'y' has no value here; names with a value: x$"):
        evaluate(parse("x + y"), {"x": 1.0})
    message = "0 if x <= 0 else x has two branches; take one with branch()"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        evaluate(parse("0 if x <= 0 else x"), {"x": 1.0})


def test_a_deep_tree_is_evaluated_without_recursion() -> None:
    tree: ast.expr = ast.Name("x")
    for _ in range(20_000):
        tree = ast.BinOp(tree, ast.Add(), ast.Constant(1))
    assert evaluate(tree, {"x": 0.5}) == 20_000.5


@settings(max_examples=200)
@given(graphs())
def test_formulas_and_factors_agree_with_what_was_recorded(root: Value) -> None:
    names = Names(root)
    numbers = {names(value): value.data for value in names.values}

    def is_step(value: Value) -> bool:
        return value.label != "" or value is root

    for value in names.values:
        if value.op is not None and is_step(value):
            tree = formula(value, is_step, names)
            assert evaluate(tree, numbers) == value.data
            assert evaluate(parse(text(tree), list(numbers)), numbers) == value.data
            for operand in names.values:
                if operand is not value and is_step(operand):
                    check_factor(value, operand, is_step, names, numbers)


def check_factor(
    value: Value,
    operand: Value,
    is_step: Callable[[Value], bool],
    names: Names,
    numbers: dict[str, float],
) -> None:
    tree = factor(value, operand, is_step, names)
    reread = parse(text(tree), list(numbers))
    found = evaluate(reread, numbers)
    assert found == evaluate(tree, numbers)
    steps = [other for other in names.values if other is not value and is_step(other)]
    fixed = direct(value, operand, steps)
    assert math.isclose(found, fixed, rel_tol=1e-9, abs_tol=1e-12)


def direct(value: Value, operand: Value, steps: list[Value]) -> float:
    """d value / d operand with all other steps held."""
    adjoints = {id(value): 1.0}
    held = {id(step) for step in steps}
    for node in reversed(topological_order(value)):
        if node is not value and (id(node) in held or node.op is None):
            continue
        for below, partial in zip(node.operands, node.partials):
            if isinstance(below, Value) and partial is not None and id(node) in adjoints:
                adjoints[id(below)] = adjoints.get(id(below), 0.0) + adjoints[id(node)] * partial
    return adjoints.get(id(operand), 0.0)


def test_labels_are_only_names() -> None:
    a, b = Value(2.0, label="a + b"), Value(3.0, label="b")
    y = a * b
    label(y=y)
    assert text(factor(y, b, named)) == "a + b"
    assert text(factor(a + b, b, named)) == "1"
