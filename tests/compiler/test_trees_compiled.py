"""compile_function with lists, tuples, dicts and arrays as arguments, and descent along it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, PYTHON_AND_C

import nn
from autograd_mini import DomainError, Value, compile_function, log, pick, softmax, value_and_grad

PARAMETERS = {"table": [[0.5, -1.0], [0.25, 2.0], [-0.75, 1.5]], "scale": (1.25, None, [0.5])}


def loss(parameters: Any, tokens: Sequence[Any]) -> Any:
    """Each token predicts the next one; the loss has a term for each."""
    first, _, (second,) = parameters["scale"]
    terms = []
    for token, target in pairwise(tokens):
        x, y = pick(parameters["table"], token)
        scores = [first * a * x + second * b * y for a, b in parameters["table"]]
        terms.append(-log(pick(softmax(scores), target)))
    return sum(terms) / len(terms)


@EVERY_CALLABLE_TARGET
def test_a_gradient_has_the_form_of_its_argument(target: str) -> None:
    function = compile_function(loss, target=target, argnums=0)
    value, gradient = function(PARAMETERS, [0, 2, 1])
    expected_value, expected = value_and_grad(loss)(PARAMETERS, [0, 2, 1])
    assert value == pytest.approx(expected_value, rel=1e-14)
    assert list(gradient) == ["table", "scale"]
    assert [pytest.approx(row, rel=1e-12) for row in expected["table"]] == gradient["table"]
    assert gradient["scale"] == (
        pytest.approx(expected["scale"][0], rel=1e-12),
        None,
        [pytest.approx(expected["scale"][2][0], rel=1e-12)],
    )


@PYTHON_AND_C
def test_without_argnums_every_argument_has_its_gradient_and_an_index_has_0(target: str) -> None:
    function = compile_function(loss, target=target)
    _, gradients = function(PARAMETERS, (1, 1))
    alone = compile_function(loss, target=target, argnums=0)(PARAMETERS, (1, 1))
    assert gradients == [alone[1], (0.0, 0.0)]
    both = compile_function(loss, target=target, argnums=(1, 0))
    assert both.gradients(PARAMETERS, (1, 1)) == ((0.0, 0.0), alone[1])


def test_one_program_holds_for_all_tokens_and_each_length_has_its_own() -> None:
    function = compile_function(loss, argnums=0)
    for tokens in ([0, 1], [2, 2], [1, 0], [0, 1, 2], [2, 0, 1], [0, 0]):
        expected = value_and_grad(loss)(PARAMETERS, tokens)
        assert function(PARAMETERS, tokens)[0] == pytest.approx(expected[0], rel=1e-14)
    assert len(function.programs) == 2
    with pytest.raises(IndexError, match="whole number from 0 to 2"):
        function(PARAMETERS, [0, 3])
    with pytest.raises(IndexError, match="whole number from 0 to 2"):
        function(PARAMETERS, [0.5, 1])


def test_several_results_of_trees_and_arrays_have_gradients_of_their_form() -> None:
    numpy = pytest.importorskip("numpy")

    def both(w: Any, x: Any) -> list[Any]:
        return [w[0, 0] * x["a"], w[0, 1] * w[1, 0] + x["a"]]

    w = numpy.array([[2.0, 3.0], [4.0, 5.0]])
    values, derivatives = compile_function(both)(w, {"a": 7.0})
    assert values == [14.0, 19.0]
    assert [by_w.tolist() for by_w, _ in derivatives] == [
        [[7.0, 0.0], [0.0, 0.0]],
        [[0.0, 4.0], [3.0, 0.0]],
    ]
    assert [by_x for _, by_x in derivatives] == [{"a": 2.0}, {"a": 1.0}]


def test_numbers_of_a_tree_are_named_in_the_source() -> None:
    function = compile_function(lambda w, x: w["bias"] + w["rows"][1] * x)
    function({"bias": 1.0, "rows": [2.0, 3.0]}, 4.0)
    [program] = function.programs
    assert program.inputs == ("w['bias']", "w['rows'][0]", "w['rows'][1]", "x")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a"], 1.0), "argument 1 must be a real number, got 'a': give a number"),
        ((1.0, {"k": [1.0, Value(2.0)]}), "argument 2 must be a real number, got Value"),
    ],
)
def test_a_leaf_of_a_tree_that_is_not_a_number_is_named(arguments: Any, message: str) -> None:
    function = compile_function(lambda x, y: 1.0)
    with pytest.raises(TypeError) as caught:
        function(*arguments)
    assert str(caught.value).startswith(message)


def test_argnums_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="give leaves or argnums"):
        compile_function(lambda x: x, leaves=[Value(1.0)], argnums=0)
    with pytest.raises(TypeError, match="argnums is the position of an argument"):
        compile_function(lambda x: x, argnums="x")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="argnums=1 needs more than 1 arguments"):
        compile_function(lambda x: x, argnums=1)(1.0)


# -- descent --------------------------------------------------------------------------------------

DOCUMENTS = [[0, 1], [2, 1, 0], [1, 1], [0, 2, 2], [2, 0]]


def schedule(step: int) -> float:
    return 0.05 / (1 + step)


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("method", ["sgd", "momentum", "adam"])
def test_a_descent_makes_the_steps_of_an_optimizer_at_one_document_after_another(
    method: str, target: str
) -> None:
    start = {"table": PARAMETERS["table"], "scale": (1.25, None, [0.5])}
    function = compile_function(loss, target=target, argnums=0)
    rows = [(document,) for document in DOCUMENTS]
    descent = function.descend(start, schedule, rows[:2], method=method, weight_decay=0.1)
    descent.run(rows[2:])
    table = [[Value(x) for x in row] for row in PARAMETERS["table"]]
    first, second = Value(1.25), Value(0.5)
    leaves = [*(x for row in table for x in row), first, second]
    optimizer: Any = {
        "sgd": lambda: nn.SGD(leaves, 0.05, weight_decay=0.1),
        "momentum": lambda: nn.SGD(leaves, 0.05, 0.9, 0.1),
        "adam": lambda: nn.Adam(leaves, 0.05, weight_decay=0.1),
    }[method]()
    losses = []
    for step, document in enumerate(DOCUMENTS):
        optimizer.learning_rate = schedule(step)
        optimizer.zero_grad()
        term = loss({"table": table, "scale": (first, None, [second])}, document)
        term.backward()
        optimizer.step()
        losses.append(term.data)
    assert descent.losses == pytest.approx(losses, rel=1e-12)
    found = [*(x for row in descent.values["table"] for x in row)]
    found += [descent.values["scale"][0], *descent.values["scale"][2]]
    assert found == pytest.approx([leaf.data for leaf in leaves], rel=1e-12)
    assert (descent.steps, len(function.programs)) == (5, 2)
    assert start["table"] == [[0.5, -1.0], [0.25, 2.0], [-0.75, 1.5]]


def many_squares(w: list[Any], xs: list[Any]) -> Any:
    """A few values, or more than 1,000, which C computes by a tape."""
    return sum((v * x - 1.0) ** 2 for v in w for x in xs)


@pytest.mark.cc
def test_a_descent_may_go_on_from_a_small_program_to_a_tape_and_back() -> None:
    rows = [([0.1 * (step + 1)] * count,) for step, count in enumerate([1, 150, 2, 150])]
    options: Any = {"method": "adam", "rate": 0.01, "weight_decay": 0.1}
    in_c, in_python = (
        compile_function(many_squares, target=target, argnums=0).descend(
            [0.5, -1.0], rows=rows, **options
        )
        for target in ("c", "python")
    )
    assert in_c.values == in_python.values
    assert in_c.losses == in_python.losses


@PYTHON_AND_C
def test_a_descent_follows_the_branch_of_each_step(target: str) -> None:
    def distance(w: Any, x: Any) -> Any:
        return w - x if w > x else x - w

    function = compile_function(distance, target=target, argnums=0)
    descent = function.descend(0.5, 0.25, [(1.0,)] * 4)
    assert (descent.values, descent.losses) == (1.0, [0.5, 0.25, 0.0, 0.25])
    assert len(function.programs) == 2


@PYTHON_AND_C
def test_a_step_without_a_value_leaves_the_steps_before_it(target: str) -> None:
    function = compile_function(lambda w, x: w * log(x), target=target, argnums=0)
    descent = function.descend(1.0, 0.5, [(1.0,)])
    with pytest.raises(DomainError, match=r"log\(x\) does not exist at x = 0"):
        descent.run([(1.0,), (0.0,), (1.0,)])
    assert (descent.steps, descent.values) == (2, 1.0)
    descent.run([(1.0,)])
    assert descent.steps == 3


def test_a_descent_that_does_not_fit_is_refused() -> None:
    function = compile_function(lambda w, x: w * x, argnums=0)
    with pytest.raises(ValueError, match="compile the function with argnums=0"):
        compile_function(lambda w, x: w * x).descend(1.0, 0.1, [])
    two = compile_function(lambda w, x: [w, x], argnums=0)
    with pytest.raises(ValueError, match="descent follows one output, and there are 2"):
        two.descend(1.0, 0.1, [(1.0,)])
    with pytest.raises(TypeError, match=r"a row is a tuple of the arguments .* got 1\.0"):
        function.descend(1.0, 0.1, [1.0])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"rate must be a number, got '0\.1'"):
        function.descend(1.0, "0.1", [])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="method must be one of sgd, momentum, adam"):
        function.descend(1.0, 0.1, [], method="lion")
    with pytest.raises(TypeError, match="must be a real number, got None"):
        function.descend(1.0, [0.1, None].__getitem__, [(1.0,), (1.0,)])  # type: ignore[arg-type]
