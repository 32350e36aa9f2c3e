"""Scopes: where values were made. Drawings put the values of a scope into one box."""

from __future__ import annotations

from autograd_mini.engine.value import ENTERED, NOWHERE, Tag, get_place, set_place


class scope:
    """Names the values made inside `with scope("layer 1"):`. Scopes nest.

    >>> from autograd_mini import Value
    >>> with scope("hidden"), scope("h1"):
    ...     x = Value(1.0)
    >>> x.scope
    ('hidden', 'h1')

    One object can be entered many times and by several threads. A thread is only in the scopes that
    it entered itself.
    """

    __slots__ = ("name", "_place")

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"a scope is named by a string, got {name!r}")
        self.name: str = name
        self._place = Tag("", (name,), NOWHERE)

    def __enter__(self) -> scope:
        outer = get_place()
        place = self._place
        if place.outer is not outer:
            place = self._place = Tag("", (*outer.scope, self.name), outer)
        set_place(place)
        if not ENTERED:
            ENTERED.append(True)
        return self

    def __exit__(self, *exception: object) -> None:
        # Leaves the innermost scope, whichever it is: generators may leave scopes in another order,
        # and the last exit then leaves them all.
        set_place(get_place().outer or NOWHERE)
