"""How long values live and how far they travel: deep graphs, copies, pickles, threads."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import autograd_mini as ag
import nn
from autograd_mini import (
    Value,
    backward_steps,
    grad,
    gradients,
    hessian,
    jvp,
    scope,
    topological_order,
)


def test_a_chain_of_a_million_operations_is_built_differentiated_and_freed() -> None:
    """In a fresh interpreter with its own recursion limit, and without the cycle collector."""
    program = """
import gc, sys
from autograd_mini import Value
gc.disable()

def work(operations):
    x = Value(1.0)
    y = x
    for _ in range(operations // 2):
        y = y * 1.0 + 1.0
    y.backward()
    return y.data, x.grad

work(300_000)  # what is made once and kept is made now, such as the nodes that C keeps for reuse
before = sys.getallocatedblocks()
print(work(1_000_000))
print(sys.getallocatedblocks() - before < 10_000, sys.getrecursionlimit())
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stderr == ""
    assert ran.stdout == "(500001.0, 1.0)\nTrue 1000\n"
    assert ran.returncode == 0


def test_a_sum_of_a_hundred_thousand_values() -> None:
    terms = [Value(float(number)) for number in range(100_000)]
    total = sum(terms, Value(0.0))
    total.backward()
    assert total.data == 4_999_950_000.0
    assert {term.grad for term in terms} == {1.0}


def test_a_value_that_is_used_a_hundred_thousand_times() -> None:
    x = Value(3.0)
    square = x * x
    total = square
    for _ in range(99_999):
        total = total + square
    total.backward()
    assert (square.grad, x.grad) == (100_000.0, 600_000.0)


def test_a_thousand_backward_passes_of_one_graph_add_up() -> None:
    x = Value(0.5)
    y = x.sin() * x
    y.backward()
    slope = x.grad
    added = slope  # one by one: sum() compensates its rounding since Python 3.12
    for _ in range(999):
        y.backward()
        added += slope
    assert x.grad == added


def test_training_leaves_nothing_behind() -> None:
    """In a fresh interpreter, without the cycle collector: as many blocks after as before."""
    program = """
import gc, sys
import nn
from autograd_mini import Value

network = nn.two_two_two()
model = nn.MLP(2, [3, 1], activation="tanh", seed=1)
data = nn.xor()
optimizer = nn.Adam(model.parameters(), learning_rate=0.01)

def train(steps):
    for _ in range(steps):
        network.zero_grad()
        network.forward().backward()
        for weight in network.parameters():
            weight.data -= 0.5 * weight.grad
        nn.fit(model, data, nn.half_squared_error, optimizer, epochs=1)

gc.collect()
gc.disable()
train(100)  # what is made once and kept is made now
before = sys.getallocatedblocks()
train(400)
print(sys.getallocatedblocks() - before < 100, gc.collect())
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("True 0\n", "")


def test_every_walk_of_a_deep_graph_is_a_loop() -> None:
    """Ten times as deep as Python would recurse."""

    def chain(x: Value) -> Value:
        for _ in range(5000):
            x = x * 0.999 + 0.001 * x
        return x

    x = Value(1.0)
    y = chain(x)
    assert len(topological_order(y)) == 15_001
    assert sum(1 for _ in backward_steps(y)) == 15_000
    assert gradients(y, [x]) == [pytest.approx(1.0, rel=1e-11)]
    assert jvp(chain, (1.0,), (1.0,))[1] == pytest.approx(1.0, rel=1e-11)
    assert hessian(chain)(1.0) == [[0.0]]
    assert hessian(lambda x: chain(x * x))(1.0) == [[pytest.approx(2.0, rel=1e-11)]]


def test_a_graph_is_freed_without_the_cycle_collector() -> None:
    """In a fresh interpreter, where nothing else makes garbage."""
    program = """
import gc
from autograd_mini import *

def build_and_backward():
    x = Value(0.5, label="x")
    with scope("layer"):
        y = (x * x + 1).tanh() ** 0.5 / x
    y.backward()
    y.backward()

def walk_the_steps():
    x = Value(0.5)
    list(backward_steps(x.exp() * x))

def differentiate_again():
    x = Value(0.5)
    (slope,) = gradients(x.sin() * x, [x], create_graph=True)
    slope.backward()

def nest_derivatives():
    grad(grad(lambda x: x.sigmoid() ** 3))(0.5)
    hessian(lambda x, y: x * exp(y))(0.5, 1.0)

def fail():
    try:
        Value(0.0).log()
    except DomainError:
        pass

def values():
    return sum(isinstance(thing, Value) for thing in gc.get_objects())

for use in build_and_backward, walk_the_steps, differentiate_again, nest_derivatives, fail:
    use()  # what is made once and kept, such as a rule compiled when it is first needed
    gc.collect()
    gc.disable()
    use()
    print(use.__name__, values(), gc.collect())
    gc.enable()
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stderr == ""
    assert ran.stdout == (
        "build_and_backward 0 0\n"
        "walk_the_steps 0 0\n"
        "differentiate_again 0 0\n"
        "nest_derivatives 0 0\n"
        "fail 0 0\n"
    )


# -- copies and pickles -------------------------------------------------------------------------


COPIES: dict[str, Callable[[Value], Value]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle protocol {protocol}": lambda value, protocol=protocol: pickle.loads(
            pickle.dumps(value, protocol)
        )
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)
    },
}
EVERY_COPY = pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)


@EVERY_COPY
def test_a_copy_of_a_leaf_is_an_independent_leaf(duplicate: Callable[[Value], Value]) -> None:
    with scope("layer"):
        w = Value(0.15, label="w1")
    (w * 2).backward()
    twin = duplicate(w)
    assert twin is not w
    assert isinstance(twin, Value)
    for value in (w, twin):
        assert repr(value) == "Value(data=0.15, grad=2.0, label='w1')"
        assert (value.scope, value.op, value.operands) == (("layer",), None, ())
    twin.data, twin.grad, twin.label = 1.0, 0.0, "twin"
    assert repr(w) == "Value(data=0.15, grad=2.0, label='w1')"
    (twin * 3).backward()
    assert (twin.grad, w.grad) == (3.0, 2.0)


@EVERY_COPY
def test_a_copy_of_a_leaf_without_gradient_has_none(duplicate: Callable[[Value], Value]) -> None:
    assert not duplicate(Value(1.0)).has_grad


@pytest.mark.parametrize("duplicate", [COPIES["deepcopy"], COPIES["pickle protocol 5"]])
def test_a_copy_of_a_graph_is_an_independent_graph(duplicate: Callable[[Value], Value]) -> None:
    x = Value(2.0, label="x")
    y = x * x
    root = y + 3 * x
    root.backward()
    twin = duplicate(root)
    (twin_y, twin_product) = twin.operands
    assert isinstance(twin_y, Value)
    assert isinstance(twin_product, Value)
    (twin_x, same_x) = twin_y.operands
    assert isinstance(twin_x, Value)
    assert twin_x is same_x is twin_product.operands[1]
    assert (twin.op, twin_y.op, twin_product.operands[0]) == (ag.add, ag.mul, 3.0)
    assert twin_x.label == "x"
    assert (twin_x.grad, twin_y.grad) == (7.0, 1.0)
    twin.backward()
    assert (twin_x.grad, twin_y.grad, x.grad) == (14.0, 1.0, 7.0)


@pytest.mark.parametrize("duplicate", [COPIES["deepcopy"], COPIES["pickle protocol 5"]])
def test_a_graph_deeper_than_python_recurses_is_copied(duplicate: Callable[[Any], Any]) -> None:
    """Whatever holds it, and in whichever order: what was one value is one value."""
    x = Value(2.0)
    y = x
    middle = []
    for number in range(10_000):
        y = y * 1.0 + 1.0
        if number in (100, 5_000):
            middle.append(y)
    y.backward()
    held = {"result": y, "middle": middle, "leaf": x}
    twin = duplicate(held)
    assert (twin["result"].data, twin["leaf"].grad) == (10_002.0, 1.0)
    order = topological_order(twin["result"])
    assert len(order) == 20_001
    assert order[0] is twin["leaf"]
    assert [place for place, value in enumerate(order) if value in twin["middle"]] == [202, 10_002]
    twin["result"].backward()
    assert (twin["leaf"].grad, x.grad) == (2.0, 1.0)


def test_a_copy_that_fails_leaves_nothing_behind() -> None:
    x = Value(1.0)
    y = x
    for _ in range(1_000):
        y = y + 1.0
    tag = x._tag
    x._tag = threading.Lock()  # type: ignore[assignment]  # which cannot be pickled
    with pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(y)
    x._tag = tag
    assert pickle.loads(pickle.dumps(y)).data == 1001.0


def test_a_module_that_keeps_a_deep_result_is_copied() -> None:
    class Recurrent(nn.Module):
        def __init__(self) -> None:
            self.w = Value(0.5)
            self.last = Value(1.0)
            for _ in range(2_000):
                self.last = self.w * self.last + 1.0

    module = Recurrent()
    twin = copy.deepcopy(module)
    twin.last.backward()
    assert (twin.w.grad, module.w.grad) == (4.0, 0.0)


def test_an_operation_is_pickled_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(ag.softplus)) is ag.softplus
    assert copy.deepcopy(ag.softplus) is ag.softplus


def test_unpickling_a_value_of_an_unknown_operation_says_so() -> None:
    stored = pickle.dumps(ag.tanh).replace(b"tanh", b"tanj")
    with pytest.raises(LookupError) as caught:
        pickle.loads(stored)
    assert str(caught.value).startswith("no operation 'tanj'; the table has add, sub, mul, div,")


# -- threads ------------------------------------------------------------------------------------


def test_ten_threads_differentiate_separate_graphs() -> None:
    found: dict[int, list[float]] = {}
    together = threading.Barrier(10)

    def work(number: int) -> None:
        together.wait()
        found[number] = slopes_of_a_chain(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: slopes_of_a_chain(number) for number in range(10)}


def slopes_of_a_chain(number: int) -> list[float]:
    slopes = []
    for _ in range(30):
        x = Value(number / 10)
        y = x
        for _ in range(100):
            y = (y * 0.9 + x).sin()
        y.backward()
        slopes += [x.grad, grad(grad(lambda x: x.sigmoid() * x))(number / 10)]
    return slopes
