"""Scopes: where values were made, for drawings to cluster."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar


class Tag:
    """What a value is called and the scope that it was made in."""

    __slots__ = ("label", "scope")

    def __init__(self, label: str, scope: tuple[str, ...]) -> None:
        self.label: str = label
        self.scope: tuple[str, ...] = scope


class Place(Tag):
    """The tag of the values made in a scope; outer: that of the scope around it, None outside."""

    __slots__ = ("outer",)

    def __init__(self, name: str, outer: Place | None) -> None:
        super().__init__("", (*outer.scope, name) if outer else ())
        self.outer: Place | None = outer


NOWHERE = Place("", None)

# Where the thread, or the asynchronous task, is.
PLACE: ContextVar[Place] = ContextVar("place", default=NOWHERE)
get_place: Callable[[], Place] = PLACE.get
set_place: Callable[[Place], object] = PLACE.set


class scope:
    """Names the values made inside `with scope("layer 1"):`; scopes nest.

    >>> from autograd_mini import Value
    >>> with scope("hidden"), scope("h1"):
    ...     x = Value(1.0)
    >>> x.scope
    ('hidden', 'h1')

    One object may be entered any number of times, and by several threads: each thread is in the
    scopes that it has entered itself.
    """

    __slots__ = ("name", "_place")

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"a scope is named by a string, got {name!r}")
        self.name: str = name
        self._place = Place(name, NOWHERE)

    def __enter__(self) -> scope:
        outer = get_place()
        place = self._place
        if place.outer is not outer:
            place = self._place = Place(self.name, outer)
        set_place(place)
        return self

    def __exit__(self, *exception: object) -> None:
        # The innermost scope is left, whichever this is: where generators leave them in another
        # order, the last one that is left leaves all.
        set_place(get_place().outer or NOWHERE)
