"""compile_function: Values that a function reads besides its arguments, and numbers of Values."""

from __future__ import annotations

import asyncio
import copy
import pickle
import threading
import weakref
from collections import ChainMap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from decimal import Decimal
from fractions import Fraction
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, same

from autograd_mini import Value, backward_steps, compile_function, grad, gradients, jvp, scope


def eagerly(f: Callable[..., Any], *numbers: float) -> tuple[float, list[float]]:
    xs = list(map(Value, numbers))
    y = f(*xs)
    return y.data, gradients(y, xs)


# -- Values of the surroundings -------------------------------------------------------------------


@EVERY_CALLABLE_TARGET
def test_a_captured_leaf_is_read_at_every_call(target: str) -> None:
    w = Value(2.0)
    f = compile_function(lambda x: w * x, target=target)
    assert f(3.0) == (6.0, [2.0])
    w.data = 5.0
    assert f(3.0) == (15.0, [5.0])
    assert len(f.programs) == 1


@EVERY_CALLABLE_TARGET
def test_a_branch_on_a_captured_leaf_is_followed(target: str) -> None:
    w = Value(2.0)
    f = compile_function(lambda x: x * x if w > 0 else -x, target=target)
    assert f(3.0) == (9.0, [6.0])
    w.data = -1.0
    assert f(3.0) == (-3.0, [-1.0])
    w.data = 1.0
    assert f(3.0) == (9.0, [6.0])
    assert len(f.programs) == 2


@EVERY_CALLABLE_TARGET
def test_a_captured_result_keeps_its_number_as_where_it_is_recorded(target: str) -> None:
    w = Value(2.0)
    square = w * w
    f = compile_function(lambda x: square * x + 0.5 * w * x, target=target)
    for number in (2.0, 7.0, -3.0):
        w.data = number
        assert f(3.0) == eagerly(f.f, 3.0)
    square.data = 1.0
    assert f(3.0) == eagerly(f.f, 3.0)


@EVERY_CALLABLE_TARGET
def test_a_result_that_the_function_makes_of_captured_leaves_follows_them(target: str) -> None:
    w = Value(2.0)

    def f(x: Value) -> Value:
        with scope("inside"):
            weight = w * w + Value(1.0, label="one")
            weight.label = "weight"
        return weight * x

    compiled = compile_function(f, target=target)
    for number in (2.0, 7.0):
        w.data = number
        assert compiled(3.0) == eagerly(f, 3.0)
    assert len(compiled.programs) == 1


def test_a_captured_value_may_be_the_result_itself_or_be_compared_only() -> None:
    w, v = Value(2.0), Value(1.0)
    f = compile_function(lambda x: [w, x, w * v])
    g = compile_function(lambda x: x if w > v else -x)
    assert (f(3.0)[0], g(3.0)[0]) == ([2.0, 3.0, 2.0], 3.0)
    w.data, v.data = 5.0, 6.0
    assert (f(3.0)[0], g(3.0)[0]) == ([5.0, 3.0, 30.0], -3.0)


class Unit:
    """A unit with a weight in an attribute, and another in a slot."""

    __slots__ = ("__dict__", "slot")

    shared: Value

    def __init__(self) -> None:
        self.slot = self.weight = Value(2.0)

    @property
    def gain(self) -> Value:
        return self.weight

    def __call__(self, x: Any) -> Any:
        return self.slot * x * SHARED[0]


SHARED = [Value(1.0)]
HOLDERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "variable": lambda held: lambda x: held["w"] * x,
    "attribute": lambda held: lambda x: held["unit"].weight * x,
    "slot": lambda held: lambda x: held["unit"].slot * x,
    "property": lambda held: lambda x: held["unit"].gain * x,
    "callable object": lambda held: held["unit"],
    "bound method": lambda held: held["unit"].__call__,
    "partial": lambda held: partial(lambda held, x: held["w"] * x, held),
    "list": lambda held: lambda x: held["list"][0][0] * x,
    "list that grows": lambda held: lambda x: sum(held["list"][0], Value(0.0)) * x,
    "array": lambda held: lambda x: held["array"][1] * x,
    "default": lambda held: lambda x, held=held: held["w"] * x,
    "class": lambda held: lambda x: Unit.shared * x,
    "set": lambda held: lambda x: sum(held["set"], Value(0.0)) * x,
    "chained dicts": lambda held: lambda x: held["chained"]["w"] * x,
    "context variable": lambda held: lambda x: held["context"].get() * x,
    "variable of a thread": lambda held: lambda x: held["thread"].w * x,
    "weak reference": lambda held: lambda x: held["weak"]().shared * x,
    "function": lambda held: lambda x, inner=lambda: held["w"]: inner() * x,
}


@pytest.mark.parametrize("name", HOLDERS)
def test_a_value_in_the_place_of_a_captured_one_is_read(name: str) -> None:
    numpy = pytest.importorskip("numpy") if name == "array" else None
    held: dict[str, Any] = {"w": Value(2.0), "unit": Unit(), "list": [[Value(2.0)]]}
    held["array"] = numpy.array([1.0, held["w"]], dtype=object) if numpy else None
    held |= {"set": {held["w"]}, "chained": ChainMap({}, {"w": held["w"]})}
    held |= {"context": ContextVar("w"), "thread": threading.local(), "weak": weakref.ref(Unit)}
    held["context"].set(held["w"])
    held["thread"].w = Unit.shared = held["w"]
    f = compile_function(HOLDERS[name](held))
    assert f(3.0) == (6.0, [2.0])
    held["w"] = held["unit"].weight = held["unit"].slot = held["list"][0][0] = Value(5.0)
    held["chained"]["w"] = held["thread"].w = Unit.shared = held["w"]
    held["set"].clear()
    held["set"].add(held["w"])
    held["context"].set(held["w"])
    if numpy:
        held["array"][1] = Value(5.0)
    if name == "list that grows":
        held["list"][0][:] = [Value(2.0), Value(3.0)]
    assert f(3.0) == (15.0, [5.0])
    assert len(f.programs) == 1, "the program with the old Value is dropped"
    assert f(4.0) == (20.0, [5.0])


def test_a_global_in_the_place_of_a_captured_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    f = compile_function(lambda x: SHARED[0] * x)
    assert f(3.0)[0] == 3.0
    monkeypatch.setattr(f"{__name__}.SHARED", [Value(7.0)])
    assert f(3.0) == (21.0, [7.0])


def test_a_captured_value_that_is_gone_is_missed() -> None:
    held = {"w": Value(2.0)}
    f = compile_function(lambda x: held["w"] * x)
    assert f(3.0) == (6.0, [2.0])
    del held["w"]
    with pytest.raises(KeyError, match="w"):
        f(3.0)


def test_a_value_in_a_module_of_the_user_may_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    config: Any = ModuleType("config")
    config.w = Value(2.0)
    monkeypatch.setitem(globals(), "config", config)
    f = compile_function(lambda x: configuration().w * x)
    assert f(3.0)[0] == 6.0
    config.w = Value(5.0)
    assert f(3.0) == (15.0, [5.0])


def configuration() -> Any:
    return config  # type: ignore[name-defined]  # noqa: F821  set by the test


def test_a_result_computed_from_leaves_before_is_refused() -> None:
    w = Value(2.0)
    square = w * w
    f = compile_function(lambda x: square * x, leaves=[w])
    with pytest.raises(ValueError, match="which was computed from leaves before: compute it insid"):
        f(3.0)


def test_a_total_takes_captured_values_as_they_are() -> None:
    w, scale = Value(2.0), Value(3.0)
    f = compile_function(lambda x: scale * w * x, leaves=[w])
    assert f.total([(1.0,), (2.0,)]) == (18.0, [9.0])
    scale.data = 0.5
    assert f.total([(1.0,), (2.0,)]) == (3.0, [1.5])


def test_without_captured_values_a_function_is_recorded_once() -> None:
    calls = []

    @compile_function
    def f(x: Value) -> Value:
        calls.append(x)
        return x * 2.0 + 1.0

    f(1.0)
    f(2.0)
    assert len(calls) == 1


# -- numbers of Values ----------------------------------------------------------------------------


def in_a_pool(x: Value) -> Value:
    with ThreadPoolExecutor(1) as pool:
        return x * 2.0 if pool.submit(lambda: x * 1.0 > 0).result() else -x


def in_a_task(x: Value) -> Value:
    async def is_positive() -> bool:
        return x > 0

    with ThreadPoolExecutor(1) as pool:
        return x * 2.0 if pool.submit(asyncio.run, is_positive()).result() else -x


def backward_inside(x: Value) -> Value:
    y = x * x
    y.backward()
    return x.grad * x


def numpy_zero(x: Value) -> Value:
    numpy = pytest.importorskip("numpy")
    return x * 2.0 if x > numpy.array(0.0) else -x


def numpy_one_number(x: Value) -> Value:
    numpy = pytest.importorskip("numpy")
    return x * 2.0 if x > numpy.array([0.0]) else -x


FUNCTIONS: dict[str, Callable[[Value], Any]] = {
    "decimal": lambda x: x * 2.0 if x > Decimal(0) else -x,
    "fraction": lambda x: x * 2.0 if x > Fraction(0) else -x,
    "decimal on the left": lambda x: x * 2.0 if Decimal(0) < x else -x,
    "numpy": numpy_zero,
    "numpy, an array of one": numpy_one_number,
    "float": lambda x: float(x) * x,
    "format": lambda x: float(f"{x:.0f}") * x,
    "repr": lambda x: float(repr(x).split("=")[1].split(",")[0].rstrip(")")) * x,
    "data": lambda x: x.data * x,
    "deepcopy": lambda x: copy.deepcopy(x * x) * x,
    "copy": lambda x: copy.copy(x) * x,
    "pickle": lambda x: pickle.loads(pickle.dumps(x * x)) * x,
    "backward": backward_inside,
    "backward_steps": lambda x: (
        next(share.amount for share in next(backward_steps(x * x)).shares) * x
    ),
    "gradients": lambda x: gradients(x * x, [x])[0] * x,
    "partials": lambda x: (x * x).partials[0] * x,
    "thread pool": in_a_pool,
    "task": in_a_task,
    "int": lambda x: int(x) * x,
    "max": lambda x: max(x, 0.5 * x),
    "sorted": lambda x: sorted([x, -x])[0] * 3.0,
}


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("ignore:the function turned its Value into a float")
def test_a_number_that_a_function_reads_is_never_frozen(name: str, target: str) -> None:
    f = FUNCTIONS[name]
    compiled = compile_function(f, target=target)
    for number in (1.0, -1.0, 2.25, 0.0, -0.5, 1.0):
        assert same(compiled(number), eagerly(f, number)), number


@pytest.mark.parametrize("f", [
    lambda x: grad(lambda u: u * x)(1.0) * x,
    lambda x: jvp(lambda u: u * x, (1.0,), (1.0,))[1] * x,
], ids=["grad", "jvp"])  # fmt: skip
def test_a_derivative_of_a_closure_over_an_argument_depends_on_it(f: Any) -> None:
    """d(u * x) / du * x = x * x"""
    compiled = compile_function(f)
    assert [compiled(number) for number in (1.0, 3.0)] == [(1.0, [2.0]), (9.0, [6.0])]
