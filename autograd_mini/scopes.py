"""Scopes: where values were made, for drawings to cluster."""

from __future__ import annotations

from typing import Any


class Tag:
    """What a value is called and the scope that it was made in."""

    __slots__ = ("label", "scope")

    def __init__(self, label: str, scope: tuple[str, ...]) -> None:
        self.label: str = label
        self.scope: tuple[str, ...] = scope


# The globals of the generated methods. `_tag` is what new values are tagged with.
RECORDING: dict[str, Any] = {"_tag": Tag("", ())}


class scope:
    """Names the values made inside `with scope("layer 1"):`; scopes nest.

    >>> from autograd_mini import Value
    >>> with scope("hidden"), scope("h1"):
    ...     x = Value(1.0)
    >>> x.scope
    ('hidden', 'h1')

    One object may be entered any number of times. Scopes are for drawings; threads that record at
    the same time share them.
    """

    __slots__ = ("name", "_outer", "_inner")

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"a scope is named by a string, got {name!r}")
        self.name: str = name
        self._outer: list[Tag] = []
        self._inner = Tag("", (name,))

    def __enter__(self) -> scope:
        outer = RECORDING["_tag"]
        if self._inner.scope[:-1] != outer.scope:
            self._inner = Tag("", (*outer.scope, self.name))
        self._outer.append(outer)
        RECORDING["_tag"] = self._inner
        return self

    def __exit__(self, *exception: object) -> None:
        RECORDING["_tag"] = self._outer.pop()
