"""What threads, tasks, forked processes and generators share, and what they do not."""

from __future__ import annotations

import asyncio
import math
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest

import pytest

from autograd_mini import Value, backward_steps, gradients, label, scope

# -- scopes -------------------------------------------------------------------------------------


def test_threads_are_each_in_the_scopes_that_they_entered() -> None:
    layer = scope("layer")
    turn = threading.Barrier(2)
    found: dict[str, list[tuple[str, ...]]] = {"entering": [], "staying": []}

    def enter() -> None:
        with layer, scope("unit"):
            turn.wait()
            found["entering"].append((Value(1.0) * 2).scope)
            turn.wait()
        found["entering"].append(Value(1.0).scope)

    def stay() -> None:
        found["staying"].append(Value(1.0).scope)
        turn.wait()
        found["staying"].append((Value(1.0) * 2).scope)
        with layer:
            turn.wait()
            found["staying"].append((Value(1.0) * 2).scope)

    threads = [threading.Thread(target=work) for work in (enter, stay)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"entering": [("layer", "unit"), ()], "staying": [(), (), ("layer",)]}
    assert Value(1.0).scope == ()


def test_tasks_are_each_in_the_scopes_that_they_entered() -> None:
    async def work(name: str) -> list[tuple[str, ...]]:
        with scope(name):
            await asyncio.sleep(0)
            inside = Value(1.0).scope
        return [inside, Value(1.0).scope]

    async def both() -> list[list[tuple[str, ...]]]:
        with scope("all"):
            return await asyncio.gather(work("a"), work("b"))

    with ThreadPoolExecutor(1) as thread:  # in this one a browser's loop may be running
        found = thread.submit(lambda: asyncio.run(both())).result()
    assert found == [[("all", "a"), ("all",)], [("all", "b"), ("all",)]]


def test_scopes_that_are_left_in_another_order_are_left_in_the_end() -> None:
    def visit(name: str) -> Iterator[tuple[str, ...]]:
        with scope(name):
            yield Value(1.0).scope

    first, second = visit("first"), visit("second")
    assert (next(first), next(second)) == (("first",), ("first", "second"))
    assert list(first) == []
    assert list(second) == []
    assert Value(1.0).scope == ()
    scope("never entered").__exit__()
    assert Value(1.0).scope == ()


# -- backward passes ----------------------------------------------------------------------------


def test_threads_that_share_leaves_take_gradients() -> None:
    w = [Value(number / 10) for number in range(3)]

    def slopes(x: float) -> list[float]:
        y = w[0]
        for _ in range(100):
            y = (y * w[1] + w[2] * x).sin()
        return gradients(y, w)

    points = [number / 7 for number in range(10)]
    expected = [slopes(x) for x in points]
    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(slopes, points * 3)) == expected * 3
    assert [(leaf.grad, leaf.has_grad) for leaf in w] == [(0.0, False)] * 3


def test_steps_stop_where_another_pass_came_between() -> None:
    x = Value(2.0, label="x")
    y = x * 3
    z = y * y
    label(y=y, z=z)
    steps = backward_steps(z)
    next(steps)
    z.backward()
    with pytest.raises(RuntimeError) as caught:
        next(steps)
    assert str(caught.value) == (
        "another backward pass reached Value(data=6.0, grad=12.0, label='y') before these steps "
        "had ended; make one pass after the other"
    )
    assert x.grad == 36.0
    assert sum(1 for _ in backward_steps(z)) == 2
    assert x.grad == 72.0


def test_steps_of_graphs_that_share_a_leaf_may_alternate() -> None:
    x = Value(2.0)
    y = x * x * x
    alternating = zip_longest(backward_steps(y), backward_steps(x.exp() * x))
    assert len(list(alternating)) == 2
    assert x.grad == 12.0 + math.exp(2.0) * 3.0


# -- forks --------------------------------------------------------------------------------------

TRAINING = """
import os, sys, threading
import nn

def train(seed, epochs):
    model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=seed)
    optimizer = nn.Adam(model.parameters(), learning_rate=0.1)
    nn.fit(model, nn.xor(), nn.binary_cross_entropy, optimizer, epochs=epochs, compiled=COMPILED)
    return model.state_dict()

alone = train(1, 20)
goes_on = threading.Event()
other = threading.Thread(target=lambda: [train(2, 1) for _ in iter(goes_on.is_set, True)])
other.start()
wrong = 0
for _ in range(5):
    child = os.fork()
    if not child:
        os._exit(train(1, 20) != alone)
    wrong += train(1, 20) != alone
    wrong += os.waitpid(child, 0)[1]
goes_on.set()
other.join()
print(wrong)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("compiled", [False, True])
def test_a_fork_while_threads_train_trains_on_exactly(compiled: bool) -> None:
    program = f"COMPILED = {compiled}\n{TRAINING}"
    ran = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (ran.stdout, ran.stderr) == ("0\n", "")
