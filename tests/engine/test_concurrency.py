"""What threads, tasks, forked processes and generators share, and what they do not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

from autograd_mini import Value, scope

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

    assert asyncio.run(both()) == [[("all", "a"), ("all",)], [("all", "b"), ("all",)]]


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
