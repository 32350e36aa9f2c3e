"""Branches: the comparisons of Values that a program has made, and how each came out.

A Python `if x > 0:` chooses what is recorded next; so a recording is another one where the
comparison comes out otherwise. Compiled graphs check that again.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
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

# Of the comparisons of one value, the latest: a parameter may be compared anew in every epoch.
MOST = 1000


class Comparison(NamedTuple):
    """`left symbol right` of Values and numbers, and how it came out.

    Without a symbol it says only that `left` has to exist.
    """

    left: Any
    symbol: str
    right: Any
    outcome: bool


# Held weakly, so that a comparison keeps no graph alive: by its left operand.
_NOTED: WeakKeyDictionary[Any, dict[tuple[str, Any], bool]] = WeakKeyDictionary()

# What a derivative was made with, by the derivative. The operands are held as long as it lives.
_DERIVED: WeakKeyDictionary[Any, list[Comparison]] = WeakKeyDictionary()

# While a function is recorded, or a derivative, all its comparisons, in order.
_FOLLOWED: ContextVar[list[Comparison] | None] = ContextVar("followed", default=None)


def note(left: Any, symbol: str, right: Any, outcome: bool) -> None:
    """Remember a comparison of a Value with a Value or a real number."""
    if follow(left, symbol, right, outcome):
        return
    noted = _NOTED.setdefault(left, {})
    noted[symbol, ref(right) if hasattr(right, "data") else right] = outcome
    if len(noted) > MOST:
        noted.pop(next(iter(noted)), None)


def noted(values: list[Any]) -> Iterator[Comparison]:
    """What is remembered of comparisons among `values`, and of them with numbers.

    Comparisons with a value that no longer exists are forgotten; so is what came out otherwise
    than the numbers say by now: it belongs to an earlier recording. What derivatives among `values`
    were made with is not; it may compare others too.
    """
    known = set(map(id, values))
    for left in _among(known, _NOTED):
        for (symbol, other), outcome in list(_NOTED[left].items()):
            right = other() if isinstance(other, ReferenceType) else other
            if isinstance(other, ReferenceType) and id(right) not in known:
                continue
            if bool(COMPARE[symbol](left.data, getattr(right, "data", right))) is outcome:
                yield Comparison(left, symbol, right, outcome)
    yield from _derived(known)


def _derived(known: set[int]) -> Iterator[Comparison]:
    """What the derivatives among `known`, ids of values, were made with; each once."""
    found = {id(made): made for made in (_DERIVED[value] for value in _among(known, _DERIVED))}
    for made in found.values():
        yield from made


def _among(known: set[int], remembered: WeakKeyDictionary[Any, Any]) -> list[Any]:
    """The keys that have these ids, in order; meanwhile other threads may add some."""
    keys = (reference() for reference in remembered.keyrefs())
    return [key for key in keys if id(key) in known]


def follow(left: Any, symbol: str, right: Any, outcome: bool) -> bool:
    """Where a function is recorded, it holds for as long as this comparison comes out so.

    Gives whether one is recorded.
    """
    followed = _FOLLOWED.get()
    if followed is None:
        return False
    followed.append(Comparison(left, symbol, right, outcome))
    return True


def follow_number(value: Any) -> None:
    """Where a function is recorded, what reads a number of it holds for that number only."""
    number = value.data
    is_nan = number != number
    is_followed = follow(value, "==", value if is_nan else number, not is_nan)
    if is_followed and number == 0.0:  # as -0.0 is, of which atan2 and others make something else
        follow(value, SAME_SIGN, number, True)


def follow_value(value: Any) -> None:
    """Where a function is recorded, what it derives from a value needs that value to exist."""
    follow(value, "", value, True)


@contextmanager
def following() -> Iterator[list[Comparison]]:
    """The list that all comparisons inside the block are added to."""
    comparisons: list[Comparison] = []
    token = _FOLLOWED.set(comparisons)
    try:
        yield comparisons
    finally:
        _FOLLOWED.reset(token)


@contextmanager
def deriving(values: list[Any]) -> Iterator[list[Comparison]]:
    """The list of what a derivative of `values` is made with: the comparisons inside the block.

    They bind the derivative (see `bind`), and a function that is recorded around it; not `values`,
    which would be the same on another side.
    """
    outer = _FOLLOWED.get()
    with following() as comparisons:
        try:
            yield comparisons
        finally:
            if outer is not None:
                outer += comparisons
    comparisons += _derived(set(map(id, values)))


def bind(derivative: Any, comparisons: list[Comparison]) -> None:
    """Note that a derivative, a Value of its own, is what it is by these comparisons."""
    if comparisons:
        _DERIVED[derivative] = comparisons


def equal(left: Any, right: Any) -> bool:
    """Whether two Values or numbers have the same number; noted as any other comparison."""
    outcome = bool(getattr(left, "data", left) == getattr(right, "data", right))
    if hasattr(left, "data"):
        note(left, "==", right, outcome)
    elif hasattr(right, "data"):
        note(right, "==", left, outcome)
    return outcome
