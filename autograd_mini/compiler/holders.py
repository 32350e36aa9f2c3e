"""Holders: the variables and containers in which a function finds the Values that it reads.

A program takes the data of these Values at every call. If a variable or a container holds another
Value later, as after `w = Value(0.5)`, the program is one of another function.
"""

from __future__ import annotations

import operator
import sys
import threading
import weakref
from collections import ChainMap, UserDict, UserList, deque
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from functools import partial
from types import CellType, CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any, NamedTuple

from autograd_mini.engine.value import Value

# So many objects are looked at. In more, a Value may be replaced unnoticed.
MOST_OBJECTS = 20_000


class Hold(NamedTuple):
    """An object that `read(holder, key)` gives."""

    read: Callable[[Any, Any], Any]
    holder: Any
    key: Any
    held: Any

    @property
    def is_intact(self) -> bool:
        try:
            return self.read(self.holder, self.key) is self.held
        except (LookupError, AttributeError, ValueError):  # ValueError of an empty cell
            return False


class Holders:
    """The ways from a function to Values, which `are_intact` until one leads to something else."""

    def __init__(self, function: Any, values: Iterable[Value]) -> None:
        wanted = {id(value) for value in values}
        self._holds: list[Hold] = []
        ways: dict[int, tuple[Hold, int] | None] = {id(function): None}
        pending = deque([function] if wanted else [])
        found: dict[int, None] = {}
        kept: list[Any] = []  # an object that a property makes must not hand its id on
        while pending and len(ways) < MOST_OBJECTS:
            holder = pending.popleft()
            kept.append(holder)
            for hold in _holds(holder):
                each = hold.held
                if id(each) in wanted:
                    self._holds.append(hold)
                    found.setdefault(id(holder))
                elif id(each) not in ways and not isinstance(each, _PLAIN):
                    ways[id(each)] = hold, id(holder)
                    pending.append(each)
        for place in (ends := list(found)):
            way = ways[place]
            if way is not None:
                self._holds.append(way[0])
                if way[1] not in found:
                    found[way[1]] = None
                    ends.append(way[1])
        by_id = {id(each): each for each in kept}
        sized = (by_id[each] for each in found if isinstance(by_id[each], _SIZED))
        self._lengths: list[tuple[Any, int]] = [(each, len(each)) for each in sized]

    @property
    def are_intact(self) -> bool:
        """True if every way still leads to its Value, and no container on it has grown."""
        return all(hold.is_intact for hold in self._holds) and all(
            len(each) == length for each, length in self._lengths
        )


_SIZED = (list, dict, deque, set)
_PLAIN = (int, float, complex, str, bytes, type(None), Value)


def _holds(holder: Any) -> Iterator[Hold]:
    """The objects that a function may read from `holder`."""
    if isinstance(holder, dict):
        yield from (Hold(operator.getitem, holder, key, held) for key, held in holder.items())
    elif isinstance(holder, (list, tuple, deque)):
        yield from (Hold(operator.getitem, holder, key, held) for key, held in enumerate(holder))
    elif getattr(type(holder), "dtype", None) is not None:
        if holder.dtype == object:
            flat = enumerate(holder.ravel().tolist())
            yield from (Hold(_item, holder, key, held) for key, held in flat)
    elif isinstance(holder, FunctionType):
        yield from _holds_of_function(holder)
    elif isinstance(holder, MethodType):
        yield from _attributes(holder, "__self__", "__func__")
    elif isinstance(holder, partial):
        yield from _attributes(holder, "func", "args", "keywords")
    elif isinstance(holder, (set, frozenset)):
        yield from (Hold(_member, holder, each, each) for each in holder)
    elif isinstance(holder, ContextVar):
        yield Hold(_current, holder, None, holder.get(None))
    elif isinstance(holder, weakref.ref):
        yield Hold(_referent, holder, None, holder())
    elif isinstance(holder, (ChainMap, UserDict, UserList, threading.local)):
        yield from _holds(vars(holder))
    elif isinstance(holder, ModuleType) or _is_foreign(
        holder if isinstance(holder, type) else type(holder)
    ):
        return
    elif isinstance(holder, type):
        names = [name for name, part in vars(holder).items() if not isinstance(part, property)]
        yield from _attributes(holder, *(name for name in names if not name.startswith("__")))
    else:
        slots = (
            name
            for kind in type(holder).__mro__
            for name, part in vars(kind).items()
            if isinstance(part, MemberDescriptorType)
        )
        yield from _attributes(holder, *slots)
        own = getattr(holder, "__dict__", None)
        if isinstance(own, dict):
            yield from _holds(own)
        yield from _attributes(holder, "__class__")
        for part in vars(type(holder)).values():
            code = part.fget if isinstance(part, property) else part
            if isinstance(code, FunctionType):
                yield from _holds_of_function(code)


def _holds_of_function(function: FunctionType) -> Iterator[Hold]:
    """The variables around a function, its defaults, and the globals that its code names."""
    yield from _attributes(function, "__defaults__", "__kwdefaults__")
    for cell in function.__closure__ or ():
        yield from (Hold(_contents, cell, None, held) for held in _held(cell))
    names = set(_names(function.__code__))
    for name in names & function.__globals__.keys():
        held = function.__globals__[name]
        yield Hold(operator.getitem, function.__globals__, name, held)
        if isinstance(held, ModuleType) and not _is_library(held.__name__):
            for each, part in vars(held).items():
                if each in names or isinstance(part, Value):
                    yield Hold(operator.getitem, vars(held), each, part)


def _names(code: CodeType) -> Iterator[str]:
    """The names in the code of a function, and of those that it defines."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _attributes(holder: Any, *names: str) -> Iterator[Hold]:
    for name in names:
        if (held := getattr(holder, name, None)) is not None:
            yield Hold(getattr, holder, name, held)


def _contents(cell: CellType, _: None) -> Any:
    return cell.cell_contents


def _member(holder: Any, key: Any) -> Any:
    return key if key in holder else None


def _current(variable: ContextVar[Any], _: None) -> Any:
    return variable.get(None)


def _referent(reference: Any, _: None) -> Any:
    return reference()


def _held(cell: CellType) -> list[Any]:
    try:
        return [cell.cell_contents]
    except ValueError:  # not assigned yet
        return []


def _item(array: Any, place: int) -> Any:
    return array.ravel()[place]


def _is_library(module: str) -> bool:
    return module.partition(".")[0] in ("autograd_mini", "numpy", *sys.stdlib_module_names)


def _is_foreign(kind: type) -> bool:
    """True for classes of C and of Python's library, which hold no Values of a user."""
    return _is_library(kind.__module__) and kind.__module__ not in ("__main__", "types")
