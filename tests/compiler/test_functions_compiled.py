"""compile_function: functions that are recorded for every branch that they take."""

from __future__ import annotations

import math
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, PYTHON_AND_C, same

from autograd_mini import (
    DomainError,
    Value,
    compile_function,
    compile_graph,
    exp,
    grad,
    gradients,
    hessian,
    log,
    logsumexp,
    relu,
    softmax,
    tanh,
)
from autograd_mini.compiler import functions


def leaf(number: float, label: str = "x") -> Value:
    return Value(number, label=label)


def check(f: Callable[..., Any], points: list[tuple[float, ...]], **options: Any) -> Any:
    """A compiled function at points, there and back; it is what it is where it is recorded."""
    function = compile_function(f, **options)
    for point in [*points, *reversed(points)]:
        xs = [Value(x) for x in point]
        y = f(*xs)
        expected = (y.data, gradients(y, xs)) if isinstance(y, Value) else (y, [0.0] * len(xs))
        assert same(function(*point), expected), point
        assert same(function.value(*point), expected[0])
        assert same(function.gradients(*point), expected[1])
    return function


def newton(a: Any) -> Any:
    """A square root, by as many steps as it takes."""
    x = a
    while abs(x * x - a) > 1e-9 * a:
        x = (x + a / x) / 2.0
    return x


@EVERY_CALLABLE_TARGET
def test_a_function_has_a_program_for_each_branch(target: str) -> None:
    calls: list[float] = []

    @compile_function(target=target)
    def f(x: Any, y: Any) -> Any:
        calls.append(x.data)
        if x * y > 0:  # of a value that nothing else needs
            return exp(x) * y
        return -x

    for _ in range(3):
        assert f(1.0, 2.0) == (math.exp(1.0) * 2.0, [math.exp(1.0) * 2.0, math.exp(1.0)])
        assert f(-1.0, 2.0) == (1.0, [-1.0, 0.0])
    assert calls == [1.0, -1.0]
    assert len(f.programs) == 2


@PYTHON_AND_C
def test_a_loop_of_as_many_rounds_as_it_takes(target: str) -> None:
    points = [(1.0,), (2.0,), (100.0,), (1e-3,), (2.5,), (1e6,)]
    function = check(newton, points, target=target)
    assert 2 < len(function.programs) <= len(points)


FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "max": (lambda x, y: max(x * y, x + y, 1.5), 6),
    # Three comparisons at most, of which CPython 3.13 makes another one where two are equal.
    "sorted": (lambda x, y: sorted([x, y, x * y])[1] * 2.0, 8),
    "chain": (lambda x, y: x * y if -1 < x < 1 else y - x, 3),
    "boolean": (lambda x, y: x * y if x > 0 and y > 0 else x - y if x > 0 or y > 0 else exp(x), 4),
    "number on one side": (lambda x, y: 1.0 if x > 0 else x * y, 2),
    "an argument": (lambda x, y: x if x > y else y, 2),
    "nested": (lambda x, y: (tanh(x) if x > y else tanh(y)) * (x if x * y > 0 else 2.0), 4),
    "any": (lambda x, y: x * 3.0 if any(value > 1 for value in (x, y)) else y, 3),
    "derivative of a branch": (lambda x, y: grad(lambda t: t * t if t > 0 else -t)(x) * y, 2),
    "rows with conditions": (lambda x, y: relu(x).maximum(abs(y)).minimum(x.sign() + 2.0), 1),
}


@PYTHON_AND_C
@pytest.mark.parametrize(("f", "most"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_with_branches(f: Any, most: int, target: str) -> None:
    numbers = [-2.0, -0.5, 0.0, 0.5, 2.0]
    function = check(f, [(x, y) for x in numbers for y in numbers], target=target)
    assert 1 <= len(function.programs) <= most


def test_a_power_of_a_value_is_followed_on_both_sides_of_zero() -> None:
    """Its slopes have conditions; they are rows, and need no branch."""
    function = compile_function(lambda x, y: x**y)
    for x, y in ((2.0, 3.0), (2.0, 0.0), (0.0, 2.0), (-2.0, 3.0), (0.0, 0.0), (2.0, 2.0)):
        a, b = Value(x), Value(y)
        z = a**b
        assert same(function(x, y), (z.data, gradients(z, [a, b])))
    assert len(function.programs) == 1


def test_a_number_that_was_read_holds_for_that_number() -> None:
    @compile_function
    def f(x: Any) -> Any:
        return x * math.exp(x.data)

    for number in (0.0, 1.0, 2.0, 1.0):
        assert f(number) == (number * math.exp(number), [math.exp(number)])
    assert len(f.programs) == 3


@EVERY_CALLABLE_TARGET
def test_a_zero_that_was_read_holds_for_its_sign(target: str) -> None:
    w = leaf(2.0, "w")
    f = compile_function(lambda x, y: w * math.copysign(1.0, x * y), target=target, leaves=[w])
    rows = [(x, y) for x in (0.0, -0.0) for y in (1.0, -1.0)] * 10
    for x, y in rows:
        sign = math.copysign(1.0, x * y)
        assert f(x, y) == (2.0 * sign, [sign])
    assert len(f.programs) == 2
    assert f.total(rows) == (0.0, [0.0])
    assert f.total(rows[:1] * 40 + rows[1:2]) == (78.0, [39.0])


def test_a_nan_is_recorded_no_more_often_than_another_number() -> None:
    """Although it is not equal to itself, where a number of it is read."""
    function = compile_function(lambda x: x * x.data)
    for _ in range(20):
        assert same(function(math.nan), (math.nan, [math.nan]))
    assert len(function.programs) <= 1
    function = compile_function(lambda x: x * 2.0 if x > 0 else x * 3.0)
    for _ in range(20):
        assert same(function(math.nan), (math.nan, [3.0]))
    assert len(function.programs) == 1


def test_of_more_branches_than_programs_the_rest_is_recorded_every_time() -> None:
    @compile_function
    def f(x: Any) -> Any:
        return x * round(x)

    for number in range(100):
        assert f(number) == (number**2, [number])
    assert len(f.programs) == 64
    assert f(99.0) == (99.0**2, [99.0])
    assert f(3.0) == (9.0, [3.0])


@PYTHON_AND_C
def test_a_softmax_follows_its_scores_however_far(target: str) -> None:
    """The largest score is subtracted as a number, which fits other scores too."""

    @compile_function(target=target)
    def f(a: Any, b: Any) -> Any:
        return [logsumexp([a, b]), softmax([a, b])[0]]

    # At -740 the powers of what is left below 2, the largest at first, have lost their digits.
    for scores in [(1.0, 2.0), (1000.0, 2.0), (-1000.0, -999.0), (-740.0, -739.0), (2.0, 1.0)]:
        (total, share), (slopes, _) = f(*scores)
        assert total == pytest.approx(logsumexp(scores), rel=1e-14)
        assert share == pytest.approx(softmax(scores)[0], rel=1e-13)
        assert slopes == pytest.approx(softmax(scores), rel=1e-13)


def test_derivatives_of_any_order_are_functions_too() -> None:
    second = compile_function(grad(grad(lambda x: relu(x) * x**3)))
    assert [second(x) for x in (2.0, -1.0, 3.0)] == [
        (48.0, [48.0]),
        (0.0, [0.0]),
        (108.0, [72.0]),
    ]
    assert len(second.programs) == 2
    slope = compile_function(grad(log))
    assert slope(2.0) == (0.5, [-0.25])
    with pytest.raises(DomainError, match=r"^log\(x\) does not exist at x = -1.0$"):
        slope(-1.0)


def test_hessians_of_functions_with_branches() -> None:
    def f(x: Any, y: Any) -> Any:
        return x * x * y if x > y else x * y**3

    flat = compile_function(lambda x, y: [each for row in hessian(f)(x, y) for each in row])
    for x, y in ((2.0, 1.0), (1.0, 2.0), (3.0, -1.0)):
        assert flat.value(x, y) == [each for row in hessian(f)(x, y) for each in row]
    assert len(flat.programs) == 2


# -- arguments and results -------------------------------------------------------------------------


def test_a_function_may_return_several_values_and_plain_numbers() -> None:
    @compile_function
    def f(x: Any, y: Any) -> Any:
        return [x * y, 3, x]

    assert f(2.0, 5.0) == ([10.0, 3.0, 2.0], [[5.0, 2.0], [0.0, 0.0], [1.0, 0.0]])
    assert compile_function(lambda x: 7.0)(1.0) == (7.0, [0.0])
    assert str(compile_function(lambda x: -0.0)(1.0)) == "(-0.0, [0.0])"


def test_arguments_may_be_many_few_and_by_default() -> None:
    def f(x: Any, y: Any = 2.0, *rest: Any) -> Any:
        total = x * y
        for each in rest:
            total = total + each
        return total

    function = compile_function(f)
    assert function(3.0) == (6.0, [2.0])
    assert function(3.0, 4.0) == (12.0, [4.0, 3.0])
    assert function(3.0, 4.0, 5.0, 6.0) == (23.0, [4.0, 3.0, 1.0, 1.0])
    assert function(3.0) == (6.0, [2.0])
    assert len(function.programs) == 3
    assert compile_function(lambda: 7.0)() == (7.0, [])


def test_a_function_keeps_its_name_and_its_text() -> None:
    @compile_function
    def area(width: Any, height: Any) -> Any:
        """Of a rectangle."""
        return width * height

    assert (area.__name__, area.__doc__) == ("area", "Of a rectangle.")
    assert repr(area) == "<area, compiled to python: 0 programs>"
    assert area.value(2.0, 3.0) == 6.0
    assert area.gradients(2.0, 3.0) == [3.0, 2.0]


def test_an_object_that_is_called_keeps_its_attributes_to_itself() -> None:
    """Whatever they are called."""

    class Distance:
        def __init__(self) -> None:
            self.target, self.leaves, self.programs, self.f = 3.0, 5, None, "square"

        def __call__(self, x: Any) -> Any:
            return (x - self.target) ** 2

    function = compile_function(Distance())
    assert function(5.0) == (4.0, [4.0])
    assert (function.target, len(function.programs)) == ("python", 1)


# -- leaves of the surroundings --------------------------------------------------------------------


def test_leaves_of_the_surroundings_are_read_at_every_call() -> None:
    w = Value(3.0, label="w")
    f = compile_function(lambda x: w * w * x, leaves=[w])
    assert f(2.0) == (18.0, [12.0])
    w.data = 1.0
    assert f(2.0) == (2.0, [4.0])
    assert f.total([(1.0,), (2.0,)]) == (3.0, [6.0])
    assert len(f.programs) == 1


@PYTHON_AND_C
def test_branches_on_leaves(target: str) -> None:
    w, unused = leaf(2.0, "w"), leaf(5.0, "unused")
    f = compile_function(lambda x: w * x if w > x else x / w, target=target, leaves=[w, unused])
    assert f(1.0) == (2.0, [1.0, 0.0])
    assert f(4.0) == (2.0, [-1.0, 0.0])
    w.data = 8.0
    assert f(4.0) == (32.0, [4.0, 0.0])
    assert len(f.programs) == 2
    w.data = 0.0
    with pytest.raises(DomainError, match=r"\Ax / w does not exist at x = 4\.0, w = 0\.0\Z"):
        f(4.0)
    assert (w.data, w.grad) == (0.0, 0.0)


@PYTHON_AND_C
def test_a_total_over_rows_of_several_branches(target: str) -> None:
    """Also when the branch of a row changes as the leaves move."""
    w = leaf(0.5, "w")
    f = compile_function(
        lambda x: w * w * x if x > w else log(w + x + 3.0) if x > -1 else -w * x,
        target=target,
        leaves=[w],
    )
    rows = [((k - 50) / 10,) for k in range(100)]
    for number in (0.5, 1.5, -2.0, 0.5):
        w.data = number
        total, sums = f.total([row for row in rows if row[0] + number > -3])
        found = [f(*row) for row in rows if row[0] + number > -3]
        assert total == pytest.approx(math.fsum(value for value, _ in found), rel=1e-12)
        assert sums == pytest.approx([math.fsum(slopes[0] for _, slopes in found)], rel=1e-12)


def test_a_total_of_no_rows_is_nothing() -> None:
    w = leaf(0.5, "w")
    assert compile_function(lambda x: w * x, leaves=[w]).total([]) == (0.0, [0.0])


def test_rows_that_are_new_at_every_total_do_not_pile_up(monkeypatch: Any) -> None:
    monkeypatch.setattr(functions, "MOST_ROWS", 1_000)
    w = Value(2.0)
    f = compile_function(lambda x: w * x if x >= 0 else x, leaves=[w])
    f.total([(0.5,)])
    tracemalloc.start()
    for call in range(20):
        rows = [(float(x),) for x in range(1_000 * call, 1_000 * (call + 1))]
        assert f.total(rows) == (2.0 * sum(x for (x,) in rows), [sum(x for (x,) in rows)])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def test_the_rows_of_a_total_may_be_lists_of_any_numbers() -> None:
    w = leaf(0.5, "w")
    f = compile_function(lambda x, y: w * x * y, leaves=[w])
    for _ in range(2):
        assert f.total([[1, True], (2.0, 3.0), [4.0, 5]]) == (13.5, [27.0])


@pytest.mark.parametrize(("rows", "message"), [
    ([(1.0,), ("2",)], "argument 1 must be a real number, got '2': give a number"),
    ([1.0, 2.0], "a row of arguments must be a list of numbers, got 1.0"),
    (["12"], "a row of arguments must be a list of numbers, got '12'"),
], ids=["string", "flat", "strings"])  # fmt: skip
def test_a_row_of_a_total_that_does_not_fit_is_refused(
    rows: Any, message: str, raises: Any
) -> None:
    w = leaf(0.5, "w")
    with raises(TypeError, message):
        compile_function(lambda x: w * x, leaves=[w]).total(rows)


def test_a_total_needs_leaves_and_one_value(raises: Any) -> None:
    w = leaf(0.5, "w")
    with raises(
        ValueError,
        "a total is differentiated with respect to leaves, and there are none: give the Values "
        "that the function reads, as compile_function(f, leaves=[...])",
    ):
        compile_function(lambda x: w * x).total([(1.0,)])
    for values, found in (([w, w], "there are 2"), ([w], "it is in a list")):
        message = f"a total is of one output, and {found}: compile the loss by itself"
        with raises(ValueError, message):
            compile_function(lambda x, values=values: values, leaves=[w]).total([(1.0,)])
        with raises(ValueError, message):
            compile_graph(values, [w]).total([1.0], [[]])


# -- what is refused, and what is raised -----------------------------------------------------------


@PYTHON_AND_C
def test_a_value_that_does_not_exist_is_an_error_at_every_call(target: str) -> None:
    function = compile_function(lambda x: log(x) * 2.0 if x < 5 else 1.0 / (x - 7.0), target=target)
    assert function(1.0) == (0.0, [2.0])
    for _ in range(3):
        with pytest.raises(DomainError, match=r"\Alog\(x\) does not exist at x = 0\.0\Z"):
            function(0.0)
        with pytest.raises(DomainError, match=r"\A1\.0 / y does not exist at y = 0\.0\Z"):
            function(7.0)
        with pytest.raises(DomainError, match=r"\Alog\(x\) does not exist at x = -2\.0\Z"):
            function.value(-2.0)
    assert function(8.0) == (1.0, [-1.0])
    assert len(function.programs) <= 2


@pytest.mark.parametrize(
    "error", [ValueError, ZeroDivisionError, KeyError, RuntimeError, KeyboardInterrupt]
)
def test_an_error_of_ones_own_comes_through(error: Any) -> None:
    """ValueError and ArithmeticError too, by which programs say that they cannot go on."""

    @compile_function
    def f(x: Any) -> Any:
        if x > 1:
            raise error("of one's own")
        return x * 2.0

    for _ in range(2):
        with pytest.raises(error, match="of one's own"):
            f(2.0)
        assert f(0.5) == (1.0, [2.0])
    # What was compared meanwhile is no part of a later recording.
    assert len(f.programs) == 1


def anything(x: Any) -> Any:
    return x * 2.0


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"target": "fortran"}, ValueError,
     "target must be one of python, numpy, c, javascript, auto, got 'fortran'"),
    ({"xp": math}, ValueError, "xp is for the target \"numpy\", got the target 'python'"),
], ids=["target", "xp"])  # fmt: skip
def test_options_that_do_not_fit_are_named(
    options: Any, error: Any, message: str, raises: Any
) -> None:
    """And not taken for a program that comes to no result."""
    with raises(error, message):
        compile_function(anything, **options)(1.0)


def test_leaves_must_be_leaves_of_a_graph(raises: Any) -> None:
    a = leaf(2.0, "a")
    for leaves in ([a, a], [a * a]):
        with pytest.raises(ValueError, match="give "):
            compile_function(anything, leaves=leaves)(1.0)
    for leaves in (a, [1.0], ["a"], [None]):
        with pytest.raises(TypeError, match="Values"):
            compile_function(anything, leaves=leaves)(1.0)  # type: ignore[arg-type]


def test_a_compiled_function_refuses_values(raises: Any) -> None:
    inner = compile_function(lambda x: x * x)
    message = (
        "argument 1 must be a real number, got Value(data=3.0{}): give its number, as in x.data"
    )
    with raises(TypeError, message.format(", label='x'")):
        compile_function(lambda x: inner(x)[0])(3.0)
    with raises(TypeError, message.format("")):
        grad(inner)(3.0)


@pytest.mark.parametrize("result", [None, "1", 1j, {}, object], ids=repr)
def test_a_function_must_return_numbers(result: Any) -> None:
    function = compile_function(lambda x: result)
    with pytest.raises(TypeError) as caught:
        function(1.0)
    name = type(result).__name__
    assert str(caught.value) == f"<lambda> must return numbers to be compiled, got {name}"
    with pytest.raises(TypeError) as caught:
        compile_function(lambda x: [x, result])(1.0)
    assert str(caught.value) == f"<lambda> must return numbers to be compiled, got {name}"


def test_an_object_that_is_not_a_function_is_named(raises: Any) -> None:
    with raises(TypeError, "compile_function takes a function, got 3"):
        compile_function(3)  # type: ignore[call-overload]


# -- threads ---------------------------------------------------------------------------------------


@PYTHON_AND_C
def test_a_function_from_many_threads(target: str) -> None:
    """Each on branches of its own, all at once."""

    def f(x: Any, y: Any) -> Any:
        total = x * y
        for bound in range(6):
            if x > bound:
                total = tanh(total) + y * bound
        return total

    function = compile_function(f, target=target)
    expected = {}
    for k in range(8):
        a, b = Value(k - 0.5), Value(0.5)
        y = f(a, b)
        expected[k] = y.data, gradients(y, [a, b])
    wrong: list[Any] = []

    def work(first: int) -> None:
        try:
            for n in range(200):
                k = (first + n) % 8
                found = function(k - 0.5, 0.5)
                if found != expected[k]:
                    wrong.append((k, found))
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
