"""Derivatives of functions of numbers, lists and dicts: grad, value_and_grad, vjp, jacobian.

>>> loss = lambda p, x: (p["w"] * x + p["b"]) ** 2
>>> grad(loss)({"w": 2.0, "b": -1.0}, 3.0)
{'w': 30.0, 'b': 10.0}

Arguments and results are trees, as in JAX: numbers in lists, tuples, dicts and arrays of NumPy,
which may be nested. A derivative has the form of the argument.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import islice
from numbers import Integral
from typing import Any

from autograd_mini.engine.transforms import check_function, differentiated, gradients
from autograd_mini.engine.value import Value, number

Positions = int | tuple[int, ...]


def grad(
    f: Callable[..., Any], argnums: Positions = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The derivative of `f` with respect to an argument, or to several, as a function.

    `f` returns a number. Its arguments at `argnums` are numbers or trees of numbers; others may be
    anything. Called with floats the derivative has floats; called with Values, or inside another
    derivative that it depends on, Values. With a tuple of `argnums` it is a tuple.

    has_aux: `f` returns a pair, the number to differentiate and anything else; so does the
        derivative.

    >>> grad(lambda x, y: x * y, argnums=(0, 1))(3.0, 4.0)
    (4.0, 3.0)
    >>> grad(lambda w: w[0] * w[1])([3.0, 4.0])
    [4.0, 3.0]
    """
    check_function("grad", f)
    value_and_derivative = value_and_grad(f, argnums, has_aux)

    def derivative(*arguments: Any, **keywords: Any) -> Any:
        value, found = value_and_derivative(*arguments, **keywords)
        return (found, value[1]) if has_aux else found

    return derivative


def value_and_grad(
    f: Callable[..., Any], argnums: Positions = 0, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """A function that returns the value of `f` and its derivative, from one evaluation; see `grad`.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    check_function("value_and_grad", f)
    check_positions(argnums)

    def value_and_derivative(*arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        tree = chosen(arguments, argnums)
        others: list[Any] = []

        @wraps(f)
        def flat(*variables: Value) -> Any:
            found = call(f, arguments, keywords, argnums, filled(tree, iter(variables)))
            if not has_aux:
                return found
            if not isinstance(found, tuple) or len(found) != 2:
                raise TypeError(f"with has_aux the function returns a pair, got {found!r:.80}")
            others.append(found[1])
            return found[0]

        leaves = leaves_of(tree)
        with differentiated(flat, leaves) as (variables, (y,), nested):
            nested = nested or any(isinstance(each, Value) for each in leaves_of(arguments))
            found: Any = gradients(y, variables, create_graph=nested)  # type: ignore[call-overload]
        value: Any = y if nested else number(y)
        if has_aux:
            value = value, others[0] if nested else without_graph(others[0])
        return value, filled(tree, iter(found))

    return value_and_derivative


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The value of `f` at `primals`, and the function that pulls a cotangent back through it.

    The pullback takes a tree of the form of the value, and returns a tuple: for each primal, the
    derivatives of the sum of cotangents times values.

    >>> value, pullback = vjp(lambda x, y: [x * y, x + y], 3.0, 4.0)
    >>> value, pullback([1.0, 10.0])
    ([12.0, 7.0], (14.0, 13.0))
    """
    check_function("vjp", f)
    results: list[Any] = []
    with differentiated(listing(f, primals, results), leaves_of(primals), True) as made:
        variables, ys, nested = made

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        factors = leaves_of(cotangent)
        if len(factors) != len(ys):
            raise ValueError(
                f"a cotangent has the form of the value, {len(ys)} numbers; got {cotangent!r:.80}"
            )
        total = sum((y * factor for y, factor in zip(ys, factors)), 0.0)
        graph = nested or any(isinstance(factor, Value) for factor in factors)
        found: Any = gradients(total, variables, create_graph=graph)  # type: ignore[call-overload]
        pulled: tuple[Any, ...] = filled(primals, iter(found))
        return pulled

    value = filled(results[0], iter(ys if nested else map(number, ys)))
    return value, pullback


def jacobian(f: Callable[..., Any], argnums: Positions = 0) -> Callable[..., Any]:
    """The derivatives of each result of `f`, as a function.

    It returns the tree of results, with the tree of derivatives in place of each.

    >>> jacobian(lambda x: [x[0] * x[1], x[0]])([3.0, 4.0])
    [[4.0, 3.0], [1.0, 0.0]]
    """
    check_function("jacobian", f)
    check_positions(argnums)

    def derivatives(*arguments: Any, **keywords: Any) -> Any:
        tree = chosen(arguments, argnums)
        results: list[Any] = []

        def called(*parts: Any) -> Any:
            return call(f, arguments, keywords, argnums, parts[0])

        flat = listing(called, (tree,), results)
        with differentiated(flat, leaves_of(tree), many=True) as (variables, ys, nested):
            rows = [gradients(y, variables, create_graph=nested) for y in ys]  # type: ignore[call-overload]
        return filled(results[0], (filled(tree, iter(row)) for row in rows))

    return derivatives


def listing(
    f: Callable[..., Any], form: Sequence[Any], results: list[Any]
) -> Callable[..., list[Any]]:
    """`f`, whose arguments have the form of `form`, from a flat list of variables to a flat list.

    results: receives the tree that f returns.
    """

    @wraps(f)
    def flat(*variables: Value) -> list[Any]:
        results.append(f(*filled(form, iter(variables))))
        return leaves_of(results[0])

    return flat


# -- arguments ------------------------------------------------------------------------------------


def check_positions(argnums: Any) -> None:
    """Raises: TypeError."""
    positions = argnums if isinstance(argnums, (tuple, list)) else (argnums,)
    if not all(isinstance(position, Integral) for position in positions):
        raise TypeError(
            "argnums is the position of an argument, counted from 0, or a tuple of positions; "
            f"got {argnums!r:.80}"
        )


def chosen(arguments: tuple[Any, ...], argnums: Any) -> Any:
    """The argument at `argnums`, or a tuple of them. Raises: TypeError."""
    try:
        if isinstance(argnums, Integral):
            return arguments[int(argnums)]
        return tuple(arguments[position] for position in argnums)
    except IndexError:
        raise TypeError(f"argnums={argnums!r} needs more than {len(arguments)} arguments") from None


def call(
    f: Callable[..., Any], arguments: tuple[Any, ...], keywords: Any, argnums: Any, variables: Any
) -> Any:
    """f of the arguments, with variables for those at `argnums`."""
    given = list(arguments)
    if isinstance(argnums, Integral):
        given[int(argnums)] = variables
    else:
        for position, variable in zip(argnums, variables):
            given[position] = variable
    return f(*given, **keywords)


# -- trees ----------------------------------------------------------------------------------------


def is_array(tree: object) -> bool:
    """True for an array of NumPy."""
    numpy: Any = sys.modules.get("numpy")
    return numpy is not None and isinstance(tree, numpy.ndarray)


NUMBERS: set[type] = {float, int}


def leaves_of(tree: Any) -> list[Any]:
    """The parts of a tree that are not containers, in order."""
    if tree is None:
        return []
    if is_array(tree):
        return list(tree.ravel())
    if not isinstance(tree, (list, tuple, dict)):
        return [tree]
    parts = tree.values() if isinstance(tree, dict) else tree
    if NUMBERS.issuperset(map(type, parts)):  # the usual case, decided at once
        return list(parts)
    return [leaf for part in parts for leaf in leaves_of(part)]


def filled(tree: Any, leaves: Iterator[Any]) -> Any:
    """A tree of the same form with other leaves."""
    if tree is None:
        return None
    if is_array(tree):
        numpy: Any = sys.modules["numpy"]
        made = numpy.empty(tree.shape, object)
        for place in numpy.ndindex(tree.shape):
            made[place] = next(leaves)
        return made.astype(float) if all(isinstance(x, float) for x in made.flat) else made
    if isinstance(tree, dict):
        return {key: filled(part, leaves) for key, part in tree.items()}
    if not isinstance(tree, (list, tuple)):
        return next(leaves)
    if NUMBERS.issuperset(map(type, tree)):
        parts = list(islice(leaves, len(tree)))
    else:
        parts = [filled(part, leaves) for part in tree]
    if hasattr(tree, "_fields"):
        return type(tree)(*parts)
    return parts if isinstance(tree, list) else tuple(parts)


def without_graph(tree: Any) -> Any:
    """The tree with numbers for its Values."""
    return filled(tree, iter([number(leaf) for leaf in leaves_of(tree)]))
