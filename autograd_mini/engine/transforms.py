"""Derivatives to any order: gradients of Values, and jvp and hessian of functions.

>>> hessian(lambda x, y: x * y)(3.0, 4.0)
[[0.0, 1.0], [1.0, 0.0]]

`grad` and others that take lists and dicts stand in the extensions, and use `differentiated`.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, overload

from autograd_mini.engine.comparisons import (
    DIFFERENTIATED,
    Comparison,
    Differentiated,
    bind,
    deriving,
    follow,
    follow_leaves,
    is_recorded,
)
from autograd_mini.engine.evaluation import RECORDED
from autograd_mini.engine.graph import dependents, forward_sweep, reverse_sweep, topological_order
from autograd_mini.engine.operation import DomainError
from autograd_mini.engine.value import Value, names, number, real

Scalar = Value | float


@overload
def gradients(y: Scalar, xs: Sequence[Value], create_graph: Literal[True]) -> list[Value]: ...
@overload
def gradients(
    y: Scalar, xs: Sequence[Value], create_graph: Literal[False] = False
) -> list[float]: ...
def gradients(y: Scalar, xs: Sequence[Value], create_graph: bool = False) -> Sequence[Scalar]:
    """dy/dx for every x of `xs`. Writes no `grad`.

    With `create_graph` the derivatives are Values, which can be differentiated again.

    >>> x = Value(2.0)
    >>> (slope,) = gradients(x**3, [x], create_graph=True)
    >>> slope.data, gradients(slope, [x])
    (12.0, [12.0])

    Raises: TypeError if `xs` are not Values; with `create_graph`, ValueError if the data of a leaf
        has changed since it was recorded, DomainError if a derivative is infinite.
    """
    if not isinstance(xs, Value):
        xs = list(xs)  # a generator, read twice, would be empty the second time
    if isinstance(xs, Value) or not all(isinstance(x, Value) for x in xs):
        raise TypeError(f"gradients(y, xs) takes a list of Values as xs, got {xs!r}")
    if not isinstance(y, Value) and real(y) is None:
        raise TypeError(f"gradients(y, xs) takes one Value as y, got {y!r}")
    seeds: dict[Value, Scalar] = {y: 1.0} if isinstance(y, Value) else {}
    order = topological_order(seeds)
    edges = _edges(dependents(order, xs), create_graph)
    if not create_graph:
        follow_leaves(y)
        adjoints = reverse_sweep(order, seeds, edges)
        return [adjoints.get(x, 0.0) for x in xs]
    with deriving(order) as comparisons:
        adjoints = reverse_sweep(order, seeds, edges, _times)
    return [_derived(adjoints.get(x, 0.0), order, comparisons) for x in xs]


def jvp(
    f: Callable[..., Any], primals: Sequence[Scalar], tangents: Sequence[Scalar]
) -> tuple[Scalar, Scalar]:
    """The value of `f` at `primals` and its derivative along `tangents`, in forward mode.

    >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 0.0))
    (12.0, 4.0)
    """
    check_function("jvp", f)
    tangents = [_scalar(tangent) for tangent in tangents]
    if len(primals) != len(tangents):
        raise ValueError(
            f"jvp needs a tangent for each primal, got {len(primals)} primals "
            f"and {len(tangents)} tangents"
        )
    with differentiated(f, primals) as (variables, (y,), nested):
        nested = nested or any(isinstance(tangent, Value) for tangent in tangents)
        order = topological_order(y) if isinstance(y, Value) else []
        edges = _edges(dependents(order, variables), nested)
        with deriving(order) as comparisons:
            moving = forward_sweep(order, dict(zip(variables, tangents)), edges, _times)
        tangent = moving.get(y, 0.0) if isinstance(y, Value) else 0.0
        if nested:
            known = [*order, *(each for each in tangents if isinstance(each, Value))]
            return _value(y), _derived(tangent, known, comparisons)
        return number(y), number(tangent)


def hessian(f: Callable[..., Any]) -> Callable[..., list[list[Any]]]:
    """The matrix of second derivatives of `f` with respect to all its arguments, as a function.

    >>> hessian(lambda x, y: x * x * y)(3.0, 4.0)
    [[8.0, 6.0], [6.0, 0.0]]
    """

    check_function("hessian", f)

    def second(*arguments: Scalar) -> list[list[Any]]:
        if any(isinstance(each, (list, tuple, dict)) for each in arguments):
            raise TypeError("hessian takes numbers; for lists and dicts write jacobian(grad(f))")
        with differentiated(f, arguments) as (variables, (y,), nested):
            slopes = gradients(y, variables, create_graph=True)
            if nested:
                return [list(gradients(slope, variables, create_graph=True)) for slope in slopes]
            return [list(gradients(slope, variables)) for slope in slopes]

    return second


def check_function(name: str, f: object) -> None:
    if not callable(f):
        instead = ": for derivatives of a Value use gradients(y, xs)" * isinstance(f, Value)
        raise TypeError(f"{name} takes a function, got {f!r:.80}{instead}")


@contextmanager
def differentiated(
    f: Callable[..., Any],
    arguments: Sequence[Scalar],
    many: bool = False,
) -> Iterator[tuple[list[Value], list[Scalar], bool]]:
    """Variables for `arguments`, the results of f of them, and whether derivatives must be Values.

    They must if they depend on a Value that is differentiated around them: an argument, the
    variable of another derivative, or an input of a function that is compiled. The graph shows
    this, so it holds in callbacks, generators and threads too.

    The variable for a Value is a new node, `argument * 1.0`. Otherwise a derivative would count
    uses of the same Value through a closure: with respect to y, the derivative of x * y at y = x is
    x, not 2 * x.

    many: f returns a list of numbers instead of one.
    """
    variables = [
        argument * 1.0 if isinstance(argument, Value) else Value(argument) for argument in arguments
    ]
    others = {value for each in [*DIFFERENTIATED.values()] for value in each.variables}
    with watching_floats(variables) as floats:
        found = f(*variables)
        results = [_result(f, result) for result in (found if many else [found])]
        recorded = [result for result in results if isinstance(result, Value)]
        check_floats(floats, variables, recorded)
        for result in recorded:
            follow(result, "", result, True)  # a function that is recorded needs its value
        nested = any(isinstance(argument, Value) for argument in arguments)
        nested = nested or is_recorded(recorded)
        nested = nested or (bool(others) and not others.isdisjoint(topological_order(recorded)))
        yield variables, results, nested


@contextmanager
def watching_floats(variables: list[Value]) -> Iterator[list[Value]]:
    """The Values that are turned into floats while a function of `variables` is recorded."""
    own = Differentiated(variables, floats=[])
    DIFFERENTIATED[id(own)] = own
    try:
        yield own.floats
    finally:
        del DIFFERENTIATED[id(own)]


def _result(f: Callable[..., Any], found: object) -> Scalar:
    result = found if isinstance(found, Value) else real(found)
    if result is None:
        name = getattr(f, "__name__", repr(f))
        raise TypeError(
            f"{name} must return one number to be differentiated, got {type(found).__name__}"
        )
    return result


def check_floats(floats: list[Value], variables: list[Value], results: list[Value]) -> None:
    """Refuse a function that loses its derivative by float(x), as math.sin(x) does.

    Raises: TypeError if no result depends on the variables. Where one does, by another term, a
    warning is enough, since the float may have been printed or compared only.
    """
    if not any(dependents(topological_order(each), variables) >= {each} for each in floats):
        return
    message = (
        "the function turned its Value into a float, as math.sin(x) does, and the derivative does "
        "not see what was computed from it; use the functions of autograd_mini, as sin(x)"
    )
    if dependents(topological_order(results), variables).isdisjoint(results):
        raise TypeError(message)
    level, caller = 2, sys._getframe(1)
    while caller.f_back and caller.f_globals["__name__"].startswith(
        ("autograd_mini.", "contextlib")
    ):
        level, caller = level + 1, caller.f_back
    warnings.warn(message, RuntimeWarning, stacklevel=level)


def _edges(
    relevant: set[Value], create_graph: bool
) -> Callable[[Value], list[tuple[Value, Scalar]]]:
    """`edges` to the operands in `relevant`; with `create_graph`, their partials as Values."""

    def edges(node: Value) -> list[tuple[Value, Scalar]]:
        operands: Any = node.operands
        wanted = [place for place, operand in enumerate(operands) if operand in relevant]
        partials: Any = _partials(node, wanted) if create_graph and wanted else (node._dx, node._dy)
        return [(operands[place], partials[place]) for place in wanted]

    return edges


def _partials(node: Value, wanted: list[int]) -> dict[int, Scalar]:
    """The partials of a node at the `wanted` places, evaluated on its operands and itself."""
    row = node.op
    assert row is not None
    unchanged = is_unchanged(node)
    found: dict[int, Scalar] = {}
    for place in wanted:
        rule, recorded = RECORDED.rules(row)[place], (node._dx, node._dy)[place]
        try:
            partial: Scalar = rule(*node.operands, z=node) if unchanged else math.nan
        except (ArithmeticError, ValueError):  # of constants, Python raises its own errors
            numbers = tuple(map(number, node.operands))
            why = "has no finite derivative"
            raise DomainError(row, numbers, names(node.operands), why) from None
        if number(partial) != recorded and recorded == recorded:
            raise ValueError(
                f"the data of an operand of {node!r} has changed since it was recorded: "
                "record it again to differentiate it more than once"
            )
        found[place] = partial
    return found


def _scalar(tangent: object) -> Scalar:
    scalar = tangent if isinstance(tangent, Value) else real(tangent)
    if scalar is None:
        raise TypeError(f"a tangent is a Value or a real number, got {tangent!r:.50}")
    return scalar


def is_unchanged(node: Value) -> bool:
    """True if the data of a result is still the value of its row at the data of its operands.

    Equal partials are not enough: the partial of sin, cos(x), is the same at -x.
    """
    assert node.op is not None
    try:
        return node.op(*map(number, node.operands)) == node._data or math.isnan(node._data)
    except DomainError:
        return False


def _times(adjoint: Scalar, partial: Scalar) -> Scalar:
    """The product. A factor that is the number 1 is left out of the graph."""
    if not isinstance(partial, Value) and partial == 1.0:
        return adjoint
    if not isinstance(adjoint, Value) and adjoint == 1.0:
        return partial
    return adjoint * partial


def _derived(scalar: Scalar, known: list[Value], comparisons: list[Comparison]) -> Value:
    """A derivative as a Value with the comparisons that it depends on.

    The comparisons bind no other graph, so one of `known` is copied first.
    """
    derivative = _value(scalar)
    if comparisons and any(derivative is each for each in known):
        derivative = derivative * 1.0
    bind(derivative, comparisons)
    return derivative


def _value(scalar: Scalar) -> Value:
    return scalar if isinstance(scalar, Value) else Value(scalar)
