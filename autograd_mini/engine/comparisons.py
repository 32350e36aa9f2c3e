"""Comparisons of Values, and how each came out.

A Python `if x > 0:` decides which operations are recorded next. A recording is therefore valid only
while its comparisons come out the same; compiled graphs check them on every call.

Outside of compilation a comparison is noted with its left operand. While a function is compiled, or
a derivative is recorded, all comparisons are collected in order ("followed"), together with every
other use of a number that could decide what is recorded.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple
from weakref import ReferenceType, WeakKeyDictionary, ref

SAME_SIGN = "has the sign of"

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    SAME_SIGN: lambda x, y: math.copysign(1.0, x) == math.copysign(1.0, y),
}

# The number of comparisons kept for one value, the latest: a loop may compare a parameter for ever.
MOST = 1000


class Comparison(NamedTuple):
    """`left symbol right` of Values and numbers, and its outcome.

    Without a symbol: `left` must have a finite value.
    """

    left: Any
    symbol: str
    right: Any
    outcome: bool


# By the left operand, held weakly: a comparison keeps no graph alive.
_NOTED: WeakKeyDictionary[Any, dict[tuple[str, Any], bool]] = WeakKeyDictionary()

# By the derivative: the comparisons that it was recorded with, whose operands live as long.
_DERIVED: WeakKeyDictionary[Any, list[Comparison]] = WeakKeyDictionary()

# The comparisons of the function or derivative that this thread or task records.
_FOLLOWED: ContextVar[list[Comparison] | None] = ContextVar("followed", default=None)
get_followed: Callable[[], list[Comparison] | None] = _FOLLOWED.get

# The functions that any thread records: their inputs and their comparisons.
RECORDED: list[tuple[list[Any], list[Comparison]]] = []


class Differentiated(NamedTuple):
    """A function of which a derivative is taken. floats: the Values that it turned into floats."""

    variables: list[Any]
    floats: list[Any]


# The derivatives that any thread takes at this time, by their ids.
DIFFERENTIATED: dict[int, Differentiated] = {}


def note(left: Any, symbol: str, right: Any, outcome: bool) -> None:
    """Remember a comparison of a Value with a Value or a real number."""
    if follow(left, symbol, right, outcome):
        return
    noted = _NOTED.setdefault(left, {})
    noted[symbol, ref(right) if hasattr(right, "_data") else right] = outcome
    if len(noted) > MOST:
        noted.pop(next(iter(noted)), None)


def note_number(value: Any) -> None:
    """Remember that everything that comes next holds for the present number of `value` only."""
    for comparison in _exactly(value):
        note(*comparison)


def noted(values: list[Any]) -> Iterator[Comparison]:
    """The remembered comparisons among `values`, and of `values` with numbers.

    Comparisons that no longer hold for the present data belong to an earlier recording; they are
    dropped, as are those with a value that no longer exists. The comparisons that derivatives among
    `values` were recorded with are all included.
    """
    known = set(map(id, values))
    for left in _among(known, _NOTED):
        for (symbol, other), outcome in list(_NOTED[left].items()):
            right = other() if isinstance(other, ReferenceType) else other
            if right is not other and id(right) not in known:
                continue
            if bool(COMPARE[symbol](left._data, getattr(right, "_data", right))) is outcome:
                yield Comparison(left, symbol, right, outcome)
    yield from _derived(known)


def _derived(known: set[int]) -> Iterator[Comparison]:
    """The comparisons of the derivatives with these ids, each once."""
    found = {id(made): made for made in (_DERIVED[value] for value in _among(known, _DERIVED))}
    return (comparison for made in found.values() for comparison in made)


def _among(known: set[int], remembered: WeakKeyDictionary[Any, Any]) -> list[Any]:
    """The keys with these ids, in order. Other threads may add keys meanwhile."""
    keys = (reference() for reference in remembered.keyrefs())
    return [key for key in keys if id(key) in known]


def follow(left: Any, symbol: str, right: Any, outcome: bool) -> bool:
    """Add a comparison to the function that is recorded. Returns whether one is."""
    followed = get_followed()
    if followed is None and RECORDED:
        followed = _recording_of([left, right])
    if followed is not None:
        followed.append(Comparison(left, symbol, right, outcome))
    return followed is not None


def follow_number(value: Any) -> None:
    """Make the function that is recorded hold for the present number of `value` only."""
    if RECORDED or get_followed() is not None:
        for comparison in _exactly(value):
            follow(*comparison)


def follow_leaves(*roots: Any) -> None:
    """Make the function that is recorded hold for the present leaves of `roots` only."""
    if RECORDED or get_followed() is not None:
        for value in _graph(roots):
            if value.op is None:
                follow_number(value)


def _exactly(value: Any) -> Iterator[Comparison]:
    """The comparisons that only the present number of `value` meets."""
    number = value._data
    same = number if number == number else value  # NaN differs from itself
    yield Comparison(value, "==", same, number == number)
    if number == 0.0:  # -0.0 == 0.0, but atan2 and others tell them apart
        yield Comparison(value, SAME_SIGN, number, True)


def is_recorded(values: Iterable[Any]) -> bool:
    """True if one of `values` depends on an input of a function that any thread records."""
    return bool(RECORDED) and _recording_of(values) is not None


def _recording_of(values: Iterable[Any]) -> list[Comparison] | None:
    """The comparisons of the recorded function whose inputs one of `values` depends on.

    The graph shows it: a callback may run in another thread or task than the function.
    """
    below = set(map(id, _graph(values)))
    found = (made for inputs, made in reversed(RECORDED) if not below.isdisjoint(map(id, inputs)))
    return next(found, None)


def _graph(values: Iterable[Any]) -> list[Any]:
    """`values`, without plain numbers, and the values that they depend on, each once."""
    found: dict[int, Any] = {}
    pending = [*values]
    while pending:
        value = pending.pop()
        if id(value) not in found and hasattr(value, "operands"):
            found[id(value)] = value
            pending += value.operands
    return [*found.values()]


@contextmanager
def following(inputs: Sequence[Any] = ()) -> Iterator[list[Comparison]]:
    """The list that receives the comparisons made inside the block.

    inputs: of a function that the block records. Comparisons of what depends on them are followed
        in other threads and tasks too.
    """
    comparisons: list[Comparison] = []
    recorded = [*inputs], comparisons
    token = _FOLLOWED.set(comparisons)
    if inputs:
        RECORDED.append(recorded)
    try:
        yield comparisons
    finally:
        _FOLLOWED.reset(token)
        if inputs:
            RECORDED[:] = [each for each in RECORDED if each is not recorded]


@contextmanager
def deriving(values: list[Any]) -> Iterator[list[Comparison]]:
    """The list that receives the comparisons with which a derivative of `values` is recorded.

    They bind the derivative (see `bind`) and a function that is recorded around it, but not
    `values`, which would be the same if a comparison came out otherwise.
    """
    outer = get_followed()
    if outer is None and RECORDED:
        outer = _recording_of(values)
    with following() as comparisons:
        try:
            yield comparisons
        finally:
            if outer is not None:
                outer += comparisons
    comparisons += _derived(set(map(id, values)))


def bind(derivative: Any, comparisons: list[Comparison]) -> None:
    """Remember the comparisons that a derivative, a Value in no other graph, was recorded with."""
    if comparisons:
        _DERIVED[derivative] = comparisons


def equal(left: Any, right: Any) -> bool:
    """True if two Values or numbers have the same number; noted like other comparisons."""
    outcome = bool(getattr(left, "_data", left) == getattr(right, "_data", right))
    value, other = (left, right) if hasattr(left, "_data") else (right, left)
    if hasattr(value, "_data"):
        note(value, "==", other, outcome)
    return outcome
