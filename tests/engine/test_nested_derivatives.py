"""Nested derivatives know each other by the graph: in threads, generators, tasks and callbacks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from autograd_mini import Value, grad, hessian, jvp

Inner = Callable[[Callable[[Any], Any], float], Any]


def in_a_pool(inner: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(inner).result()


def in_a_generator(inner: Callable[[], Any]) -> Any:
    def values() -> Iterator[Any]:
        yield inner()

    return next(values())


def in_a_task(inner: Callable[[], Any]) -> Any:
    async def task() -> Any:
        return await asyncio.get_running_loop().run_in_executor(None, inner)

    return asyncio.run(task())


PLACES: dict[str, Callable[[Callable[[], Any]], Any]] = {
    "here": lambda inner: inner(),
    "a thread pool": in_a_pool,
    "a generator": in_a_generator,
    "a task": in_a_task,
}
INNER: dict[str, Inner] = {
    "grad": lambda f, y: grad(f)(y),
    "jvp": lambda f, y: jvp(f, [y], [1.0])[1],
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("inner", INNER.values(), ids=INNER)
def test_an_inner_derivative_depends_on_the_outer_variable(
    inner: Inner, place: Callable[[Callable[[], Any]], Any]
) -> None:
    """d/dx (x * d/dy (x**2 * y)) = d/dx x**3 = 3 x**2."""

    def outer(x: Any) -> Any:
        return x * place(lambda: inner(lambda y: x**2 * y, 5.0))

    assert grad(outer)(2.0) == 12.0
    assert jvp(outer, [2.0], [1.0]) == (8.0, 12.0)
    assert hessian(outer)(2.0) == [[12.0]]


def test_perturbations_of_two_derivatives_are_not_confused() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0


def test_a_callback_that_another_derivative_calls_later_is_followed() -> None:
    kept: list[Callable[[], Any]] = []

    def outer(x: Any) -> Any:
        kept.append(lambda: grad(lambda y: x * x * y)(1.0))
        return in_a_pool(lambda: kept.pop()())

    assert grad(outer)(3.0) == 6.0


def test_an_inner_derivative_that_does_not_depend_on_the_outer_variable_is_a_float() -> None:
    found: list[Any] = []

    def outer(x: Any) -> Any:
        found.append(grad(lambda y: y * y)(3.0))
        return x * found[0]

    assert grad(outer)(2.0) == 6.0
    assert found == [6.0]


def test_derivatives_that_another_thread_takes_make_no_difference() -> None:
    w = Value(2.0)

    def outer(x: Any) -> Any:
        found = in_a_pool(lambda: grad(lambda y: w * y)(3.0))
        assert (type(found), found) == (float, 2.0)
        return x

    assert grad(outer)(1.0) == 1.0
