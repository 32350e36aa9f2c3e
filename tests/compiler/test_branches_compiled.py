"""Comparisons of Values: the branch that a recording took, which its program holds on."""

from __future__ import annotations

import gc
import math
import operator
import sys
import threading
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, PYTHON_AND_C, same

from autograd_mini import (
    DomainError,
    StaleGraph,
    Value,
    compile_function,
    compile_graph,
    gradients,
    jvp,
    log,
    maximum,
    relu,
    sqrt,
)

ADVICE = (
    ": record the graph there, or use compile_function, which records again by itself; compare "
    "x.data for a comparison that does not matter"
)


def leaf(number: float, label: str = "x") -> Value:
    return Value(number, label=label)


@EVERY_CALLABLE_TARGET
def test_a_graph_holds_on_the_side_that_it_was_recorded_on(target: str) -> None:
    x = Value(2.0, label="x")
    y = x * x if x > 1 else -x
    compiled = compile_graph(y, [x], target=target)
    assert compiled(3.0) == (9.0, [6.0])
    with pytest.raises(StaleGraph) as caught:
        compiled(0.5)
    assert str(caught.value) == (
        "the graph was recorded where x > 1.0 was True, and it is False at x = 0.5" + ADVICE
    )
    with pytest.raises(StaleGraph):
        compiled.batch([[2.0], [0.5]])
    with pytest.raises(StaleGraph):
        compiled.value(0.5)


# -- what is compared ------------------------------------------------------------------------------


COMPARISONS: dict[str, tuple[Callable[[Value], bool], str]] = {
    "x < 3": (lambda x: x < 3, "x < 3.0"),
    "x <= 3": (lambda x: x <= 3, "x <= 3.0"),
    "x > 1": (lambda x: x > 1, "x > 1.0"),
    "x >= 1": (lambda x: x >= 1, "x >= 1.0"),
    "3 > x": (lambda x: operator.gt(3, x), "x < 3.0"),
    "1 <= x": (lambda x: operator.le(1, x), "x >= 1.0"),
    "x > True": (lambda x: x > True, "x > 1.0"),
    "not x > 3": (lambda x: not x > 3, "x > 3.0"),
}


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize(("compare", "written"), COMPARISONS.values(), ids=COMPARISONS)
def test_every_comparison_with_a_number(compare: Any, written: str, target: str) -> None:
    x = leaf(2.0)
    assert compare(x)
    program = compile_graph(x * x, [x], target=target)
    for number in (-5.0, 0.0, 1.0, 1.5, 3.0, 3.5, math.inf, -math.inf):
        if compare(Value(number)):
            assert program(number) == (number * number, [2.0 * number])
        else:
            with pytest.raises(StaleGraph) as caught:
                program(number)
            was = "False" if written == "x > 3.0" else "True"
            now = "True" if was == "False" else "False"
            assert str(caught.value) == (
                f"the graph was recorded where {written} was {was}, and it is {now} at "
                f"x = {number!r}{ADVICE}"
            )


@EVERY_CALLABLE_TARGET
def test_a_nan_is_on_no_side(target: str) -> None:
    x = leaf(2.0)
    assert x > 1
    program = compile_graph(x * x, [x], target=target)
    with pytest.raises(StaleGraph, match=r"x > 1\.0 was True, and it is False at x = nan: "):
        program(math.nan)
    x = leaf(0.5)
    assert not x > 1
    program = compile_graph(x * x, [x], target=target)
    assert same(program(math.nan), (math.nan, [math.nan]))


@PYTHON_AND_C
def test_numbers_beyond_all_floats_and_infinities(target: str) -> None:
    x = leaf(2.0)
    assert x < 10**400
    assert x > -math.inf
    program = compile_graph(x * x, [x], target=target)
    assert program(3.0) == (9.0, [6.0])
    with pytest.raises(StaleGraph, match=r"x < inf was True, and it is False at x = inf: "):
        program(math.inf)


def test_a_comparison_with_a_foreign_number_binds_the_graph_to_its_number() -> None:
    """Python compares floats with decimals, which no program can."""
    x = Value(2.0, label="x")
    assert x > Decimal("1.5")  # type: ignore[operator]
    compiled = compile_graph(x * x, [x])
    assert compiled(2.0) == (4.0, [4.0])
    with pytest.raises(StaleGraph, match=r"x == 2\.0 was True, and it is False at x = 1\.0"):
        compiled(1.0)


def test_a_comparison_with_a_number_of_numpys_is_followed() -> None:
    numpy = pytest.importorskip("numpy")
    for bound in (numpy.float64(1.0), numpy.float32(1.0), numpy.int64(1), numpy.bool_(True)):
        x = leaf(2.0)
        assert (x > bound) is True
        compiled = compile_graph(x * x, [x])
        with pytest.raises(StaleGraph, match=r"x > 1\.0 was True, and it is False at x = 0\.5: "):
            compiled(0.5)


def test_a_comparison_of_data_that_numpy_computed_is_followed() -> None:
    numpy = pytest.importorskip("numpy")
    x = leaf(0.0)
    x.data = numpy.float64(2.0)
    assert (x > 1.0) is True
    compiled = compile_graph(x * x, [x])
    with pytest.raises(StaleGraph, match=r"x > 1\.0 was True, and it is False at x = 0\.5: "):
        compiled(0.5)


@PYTHON_AND_C
def test_an_integer_beyond_all_floats_is_above_or_below_them(target: str) -> None:
    x = Value(2.0, label="x")
    assert -(10**400) < x < 10**400
    compiled = compile_graph(x / 2, [x], target=target)
    assert compiled(1e308) == (5e307, [0.5])
    assert compiled(-1e308) == (-5e307, [0.5])
    for infinite in (math.inf, -math.inf):
        with pytest.raises(StaleGraph):
            compiled(infinite)


@PYTHON_AND_C
def test_values_of_the_graph_are_compared_with_each_other(target: str) -> None:
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    product = a * b
    product.label = "product"
    y = product * a if product >= b else product - a
    compiled = compile_graph(y, [a, b], target=target)
    assert compiled(2.0, 3.0) == (12.0, [12.0, 4.0])
    with pytest.raises(StaleGraph) as caught:
        compiled(0.5, 3.0)
    assert str(caught.value) == (
        "the graph was recorded where product >= b was True, and it is False at "
        "product = 1.5, b = 3.0" + ADVICE
    )


@EVERY_CALLABLE_TARGET
def test_the_first_of_several_comparisons_is_named(target: str) -> None:
    x, y = leaf(2.0), leaf(5.0, "y")
    assert x < y
    assert x > 1
    assert y > x
    program = compile_graph(x * y, [x, y], target=target)
    assert program(3.0, 4.0) == (12.0, [4.0, 3.0])
    with pytest.raises(StaleGraph) as caught:
        program(4.0, 3.0)
    assert str(caught.value) == (
        "the graph was recorded where x < y was True, and it is False at x = 4.0, y = 3.0" + ADVICE
    )
    with pytest.raises(StaleGraph) as caught:
        program(0.5, 3.0)
    assert str(caught.value) == (
        "the graph was recorded where x > 1.0 was True, and it is False at x = 0.5" + ADVICE
    )


@EVERY_CALLABLE_TARGET
def test_a_comparison_names_a_value_without_label_as_a_derivation_does(target: str) -> None:
    x, y = Value(2.0), Value(5.0)
    product = x * y
    assert product > 1
    with pytest.raises(StaleGraph, match=r"where v3 > 1\.0 was True, and it is False at v3 = 0\.5"):
        compile_graph(product + x, [x, y], target=target)(0.1, 5.0)


@EVERY_CALLABLE_TARGET
def test_a_value_compared_with_itself(target: str) -> None:
    x = leaf(2.0)
    assert not x < x
    assert compile_graph(x * 2.0, [x], target=target)(5.0) == (10.0, [2.0])


def test_a_comparison_of_the_number_alone_is_not_followed() -> None:
    x = Value(2.0, label="x")
    y = x * x if x.data > 1 else -x
    assert compile_graph(y, [x])(0.5) == (0.25, [1.0])


def test_a_comparison_that_came_out_otherwise_belongs_to_an_earlier_recording() -> None:
    x = Value(2.0, label="x")
    assert x > 1
    x.data = 0.5
    assert compile_graph(x * x, [x])(3.0) == (9.0, [6.0])


@EVERY_CALLABLE_TARGET
def test_rows_with_conditions_need_no_branch(target: str) -> None:
    x, y = Value(2.0, label="x"), Value(1.0, label="y")
    compiled = compile_graph(maximum(relu(x), abs(y)), [x, y], target=target)
    assert compiled(2.0, -3.0) == (3.0, [0.0, -1.0])
    assert compiled(-2.0, -0.0) == (0.0, [0.0, 0.0])


# -- where the output does not depend on what was compared -----------------------------------------


@EVERY_CALLABLE_TARGET
def test_a_branch_may_choose_a_number(target: str) -> None:
    """The output is a leaf then, which x is not below."""
    x = leaf(2.0)
    y = Value(1.0) if x > 0 else Value(-1.0)
    program = compile_graph(y, [x], target=target)
    assert program(3.0) == (1.0, [0.0])
    with pytest.raises(StaleGraph):
        program(-3.0)


@EVERY_CALLABLE_TARGET
def test_the_slope_of_a_kink_is_known_on_its_side_only(target: str) -> None:
    x = leaf(2.0)
    (slope,) = gradients(abs(x), [x], create_graph=True)
    program = compile_graph(slope, [x], target=target)
    assert program(3.0) == (1.0, [0.0])
    with pytest.raises(StaleGraph):
        program(-3.0)


@EVERY_CALLABLE_TARGET
def test_derivatives_that_were_taken_before_do_not_bind_a_graph(target: str) -> None:
    """relu needs no branch, whatever its slope was asked for."""
    x = leaf(2.0)
    y = relu(x) * x
    gradients(y, [x], create_graph=True)
    program = compile_graph(y, [x], target=target)
    assert program(3.0) == (9.0, [6.0])
    assert program(-3.0) == (0.0, [0.0])


@EVERY_CALLABLE_TARGET
def test_a_derivative_that_is_another_value_does_not_bind_that_one(target: str) -> None:
    """d (relu(x) w) / dx is w for x > 0, and w itself is w everywhere."""
    x, w = leaf(2.0), leaf(5.0, "w")
    y = relu(x) * w
    (slope,) = gradients(y, [x], create_graph=True)
    assert compile_graph(y, [x, w], target=target)(-3.0, 5.0) == (0.0, [0.0, 0.0])
    assert compile_graph(w * 1.0, [x, w], target=target)(-3.0, 7.0) == (7.0, [0.0, 1.0])
    program = compile_graph(slope, [x, w], target=target)
    assert program(3.0, 7.0) == (7.0, [0.0, 1.0])
    with pytest.raises(StaleGraph, match=r"where x <= 0\.0 was False, and it is True at x = -3\.0"):
        program(-3.0, 7.0)


@EVERY_CALLABLE_TARGET
def test_derivatives_of_derivatives_hold_on_the_same_side(target: str) -> None:
    """Also where they are numbers that depend on nothing."""
    x = leaf(2.0)
    (first,) = gradients(abs(x) * x, [x], create_graph=True)
    (second,) = gradients(first, [x], create_graph=True)
    program = compile_graph(second, [x], target=target)
    assert program(5.0) == (2.0, [0.0])
    with pytest.raises(StaleGraph, match=r"where x < 0\.0 was False, and it is True at x = -5\.0"):
        program(-5.0)


@EVERY_CALLABLE_TARGET
def test_a_derivative_along_a_direction_holds_on_its_side(target: str) -> None:
    x, speed = leaf(2.0), leaf(3.0, "speed")
    _, slope = jvp(abs, [x], [speed])
    assert isinstance(slope, Value)
    program = compile_graph(slope, [x, speed], target=target)
    assert program(4.0, 7.0) == (7.0, [0.0, 1.0])
    with pytest.raises(StaleGraph, match=r"True at v\d = -4\.0"):
        program(-4.0, 7.0)


def test_comparisons_that_a_derivative_was_made_with_are_freed_with_it() -> None:
    gc.disable()
    try:
        x = leaf(2.0)
        y = relu(x) * x
        slopes = gradients(y, [x], create_graph=True)
        gone = [weakref.ref(value) for value in (x, y, *slopes)]
        del x, y, slopes
        assert [reference() for reference in gone] == [None, None, None]
    finally:
        gc.enable()


# -- what comes first ------------------------------------------------------------------------------


@PYTHON_AND_C
def test_an_undefined_operation_before_a_comparison_is_reported_first(target: str) -> None:
    x = Value(4.0, label="x")
    root = sqrt(x)
    y = root * 2 if root > 1 else root
    compiled = compile_graph(y, [x], target=target)
    with pytest.raises(DomainError) as caught:
        compiled(-1.0)
    assert str(caught.value) == "sqrt(x) does not exist at x = -1.0"


@PYTHON_AND_C
@pytest.mark.parametrize("size", [1, 6_000], ids=["written out", "flat"])
def test_a_comparison_comes_before_what_follows_it(size: int, target: str) -> None:
    """Where log(x) does not exist, the branch on which it was recorded does not either."""
    x = leaf(4.0)
    y = log(x) if x > 0.5 else x
    for _ in range(size):
        y = y * 0.999 + 0.001
    with pytest.raises(StaleGraph, match=r"where x > 0\.5 was True, and it is False at x = -1\.0"):
        compile_graph(y, [x], target=target)(-1.0)


@PYTHON_AND_C
def test_comparisons_on_a_flat_tape(target: str) -> None:
    x = leaf(4.0)
    root = sqrt(x)
    root.label = "root"
    assert root > 1
    y = root
    for _ in range(6_000):
        y = y * 0.999 + 0.001
    y.label = "y"
    assert y > 1
    last = log(y - 0.99)
    program = compile_graph(last, [x], target=target)
    assert program(4.0) == (last.data, gradients(last, [x]))
    assert program.value(4.0) == last.data
    with pytest.raises(StaleGraph) as caught:
        program(0.5)
    assert str(caught.value) == (
        "the graph was recorded where root > 1.0 was True, and it is False at "
        f"root = {math.sqrt(0.5)!r}{ADVICE}"
    )
    with pytest.raises(DomainError, match=r"\Asqrt\(x\) does not exist at x = -1\.0\Z"):
        program(-1.0)


# -- memory and threads ----------------------------------------------------------------------------


class Weight(Value):
    """A class of a user's own."""


@pytest.mark.parametrize("kind", [Value, Weight])
def test_comparisons_keep_no_value_alive(kind: type[Value]) -> None:
    x, y = kind(1.0), Value(2.0)
    z = x * y
    assert z > x
    assert y > x
    assert not x > z
    assert z > 1
    gone = [weakref.ref(value) for value in (z, y, x)]
    gc.disable()
    try:
        del z
        assert gone[0]() is None
        del y, x
        assert [reference() for reference in gone] == [None, None, None]
    finally:
        gc.enable()


def test_a_hundred_thousand_comparisons_of_one_leaf_do_not_pile_up() -> None:
    """With as many numbers, and with as many values, that exist no longer."""
    w = Value(0.0)
    for number in range(2_000):
        assert w < number + 1
        assert w < Value(1.0)
    gc.collect()
    tracemalloc.start()
    for number in range(50_000):
        assert w < number + 5_000
        assert w < Value(1.0)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 400_000
    assert compile_graph(w * 2.0, [w])(-1.0) == (-2.0, [2.0])


@pytest.fixture
def threads_that_take_turns_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("threads_that_take_turns_often")
def test_graphs_are_compiled_in_threads_while_others_compare_and_derive() -> None:
    wrong: list[BaseException] = []
    stop = threading.Event()

    def compare() -> None:
        while not stop.is_set():
            values = [Value(float(k)) for k in range(300)]
            assert all(value >= 0 for value in values)

    def derive() -> None:
        kept: list[Value] = []
        while not stop.is_set():
            x = Value(2.0)
            kept += gradients(abs(x), [x], create_graph=True)

    def compile_some() -> None:
        for _ in range(50):
            x = leaf(2.0)
            y = x * x if x > 1 else x
            assert compile_graph(y, [x])(3.0) == (9.0, [6.0])
            (slope,) = gradients(abs(x), [x], create_graph=True)
            assert compile_graph(slope, [x])(3.0) == (1.0, [0.0])

    def watched(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                wrong.append(error)

        return threading.Thread(target=run)

    others = [watched(work) for work in (compare, compare, derive)]
    compiling = [watched(compile_some) for _ in range(3)]
    for thread in [*others, *compiling]:
        thread.start()
    for thread in compiling:
        thread.join()
    stop.set()
    for thread in others:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("target", ["python", pytest.param("c", marks=pytest.mark.cc)])
def test_a_domain_error_that_the_function_catches_is_a_branch(target):
    def f(x):
        try:
            return log(x)
        except DomainError:
            return -x

    compiled = compile_function(f, target=target)
    assert compiled(-1.0) == (1.0, [-1.0])
    assert compiled(1.0) == (0.0, [1.0])
    assert compiled(-2.0) == (2.0, [-1.0])
