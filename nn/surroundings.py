"""The Python state that a model and a loss read besides Values.

A loss that changes this state, or takes random numbers, is not a function of its sample. So
`fit(compiled=...)` compares the state before and after the loss is computed.
"""

from __future__ import annotations

import itertools
import operator
import os
import pickle
import random
import sys
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from functools import lru_cache, partial
from types import (
    BuiltinMethodType,
    CodeType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any, NamedTuple

from autograd_mini import Operation, Value

Item = tuple[str, Any]

# Objects that are compared by their values.
PLAIN = (int, float, complex, str, bytes, bool, type(None))

# Mutable sequences of plain numbers.
BYTES = (bytearray, memoryview, array)

# Packages whose functions read no state of the user.
OURS = ("nn", "autograd_mini")

# Packages whose parts a function may name without reading a state: pytest rewrites assertions.
STATELESS = (*OURS, "numpy", "pytest", "_pytest")

# The modules of Python's iterators.
ITERATORS = ("builtins", "itertools")

# The positions of iterators that do not show theirs.
_UNSEEN = itertools.count()


class State(NamedTuple):
    """The state of surroundings at some time.

    numbers: plain numbers and texts, and which objects are where, by the way to each. values: the
    Values, by the way to each, with their data. generators: states of generators of random numbers.
    """

    numbers: dict[str, Any]
    values: dict[str, tuple[Value, float]]
    generators: list[Any]


class Surroundings:
    """The state that a model and its loss hold, by the way to it."""

    def __init__(self, model: Any, loss: Any) -> None:
        self._roots = {"model": model, "loss": loss}

    def state(self) -> State:
        """The state at this time, for `moved`."""
        values: dict[str, tuple[Value, float]] = {}
        generators: list[Any] = []
        return State(dict(self._walk(values, generators)), values, _random_states(generators))

    def moved(self, before: State) -> str:
        """The name of something that differs from `before`; empty if nothing does.

        A Value that replaces another counts, since a number may be computed from it at the next
        pass. The classes of nn only show their last results.
        """
        now = self.state()
        for way in {**now.numbers, **before.numbers}:
            if now.numbers.get(way) != before.numbers.get(way):
                return way
        for way in {**now.values, **before.values}:
            value, data = now.values.get(way, (None, 0.0))
            old, number = before.values.get(way, (None, 0.0))
            if value is not old or repr(data) != repr(number):
                return way
        # The first recording may import NumPy, whose state is the last.
        moved = any(map(operator.ne, before.generators, now.generators))
        return "a generator of random numbers" if moved else ""

    def numbers(self) -> dict[str, Any]:
        """The state apart from Values and generators of random numbers."""
        return dict(self._walk({}, []))

    def _walk(
        self, values: dict[str, tuple[Value, float]], generators: list[Any]
    ) -> Iterator[Item]:
        """Each number or text with the way to it; Values and generators go to the arguments."""
        seen: set[int] = set()
        pending: list[Item] = list(self._roots.items())
        while pending:
            way, held = pending.pop()
            if isinstance(held, Value):
                values[way] = held, held.data
                continue
            if isinstance(held, PLAIN):
                # nan is equal to itself here; -0.0 is not 0.0.
                yield way, (type(held), repr(held))
                continue
            # By its type, since an object of the user may answer to any name.
            if isinstance(held, BYTES) or hasattr(type(held), "dtype"):
                yield way, (type(held), repr(held.tolist() if hasattr(held, "tolist") else held))
                continue
            if id(held) in seen:
                continue
            seen.add(id(held))
            if isinstance(held, random.Random) or is_of_numpy(held):
                generators.append(held)
            else:
                pending += ((f"{way}.{name}", part) for name, part in _parts(held))


def is_of_numpy(held: object) -> bool:
    """True if an object is a generator of NumPy's."""
    return hasattr(type(held), "bit_generator") or type(held).__name__ == "RandomState"


def _random_states(generators: Iterable[Any]) -> list[Any]:
    """The states of Python's and NumPy's generators, and of `generators`."""
    states: list[Any] = [random.getstate()]
    for generator in generators:
        is_python = isinstance(generator, random.Random)
        states.append(generator.getstate() if is_python else pickle.dumps(generator))
    numpy: Any = sys.modules.get("numpy.random")
    if numpy is not None:
        states.append(pickle.dumps(numpy.get_state(legacy=False)))
    return states


def _parts(held: Any) -> Iterable[Item]:
    """The named parts of an object, as far as a function may read them."""
    if isinstance(held, dict):
        return [(repr(key), part) for key, part in held.items()]
    if isinstance(held, (list, tuple, deque)):
        return [("len", len(held)), *((str(k), part) for k, part in enumerate(held))]
    if isinstance(held, (set, frozenset)):
        return [("set", repr(sorted(map(repr, held))))]
    if isinstance(held, partial):
        return [("func", held.func), ("args", held.args), ("keywords", held.keywords)]
    if isinstance(held, BuiltinMethodType):
        return [("self", held.__self__)]
    if isinstance(held, MethodType):
        return [("self", held.__self__), ("func", held.__func__)]
    if isinstance(held, FunctionType):
        return _parts_of_function(held)
    if isinstance(held, ContextVar):
        return [("value", held.get(None))]
    if isinstance(held, (ModuleType, Operation)) or _is_ours(type(held), whole=False):
        return []
    if isinstance(held, type):
        return _members(held)
    own = vars(held) if hasattr(type(held), "__dict__") and hasattr(held, "__dict__") else {}
    parts: list[Item] = list(own.items())
    if _is_ours(type(held), whole=True):
        parts = [(name, part) for name, part in parts if not isinstance(part, Value)]
    kind: Any = type(held)
    parts += [(name, getattr(held, name)) for name in _slots(kind) if hasattr(held, name)]
    if type(held).__module__ in sys.stdlib_module_names:
        # An open file is an iterator too, as a logger holds.
        is_iterator = isinstance(held, Iterator) and type(held).__module__ in ITERATORS
        return [*parts, *_position(held)] if is_iterator else parts
    return parts + _members(type(held))


@lru_cache
def _slots(kind: type) -> list[str]:
    """The names in `__slots__` of a class and of those that it inherits from."""
    return [
        name
        for each in kind.__mro__
        for name, part in vars(each).items()
        if isinstance(part, MemberDescriptorType)
    ]


def _position(iterator: Iterator[Any]) -> list[Item]:
    """The position of an iterator; a new number at every call if it cannot be seen."""
    if isinstance(iterator, GeneratorType):
        frame = iterator.gi_frame
        return [("frame", frame and f"{frame.f_lasti} {frame.f_locals!r}")]
    if isinstance(iterator, itertools.count):
        return [("next", repr(iterator))]
    return [("next", next(_UNSEEN))]


def _members(kind: type) -> list[Item]:
    """The methods and plain numbers of a class of the user, and of those that it inherits from."""
    return [
        (f"{each.__name__}.{name}", part.fget if isinstance(part, property) else part)
        for each in kind.__mro__
        if not _is_ours(each, whole=True) and each.__module__ not in sys.stdlib_module_names
        for name, part in vars(each).items()
        if isinstance(part, (FunctionType, property, *PLAIN)) and not _is_special(name)
    ]


def _parts_of_function(function: FunctionType) -> list[Item]:
    """Defaults, the variables around it, and the globals that its code names."""
    if _is_ours(function, whole=True):
        return []
    parts: list[Item] = [("defaults", function.__defaults__), ("keys", function.__kwdefaults__)]
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            parts.append((name, cell.cell_contents))
        except ValueError:  # not assigned yet
            continue
    parts += vars(function).items()
    names = sorted(_names(function.__code__))
    for name in names:
        found = function.__globals__.get(name)
        if found is os:
            parts.append(("environ", dict(os.environ)))
        elif isinstance(found, ModuleType):
            # A part of a module of the user, such as config.rate.
            if found.__name__.partition(".")[0] not in (*STATELESS, *sys.stdlib_module_names):
                held = vars(found)
                parts += [(f"{name}.{key}", held[key]) for key in names if key in held]
        elif name in function.__globals__:
            parts.append((name, found))
    return parts


def _names(code: CodeType) -> set[str]:
    """The names that code refers to, with the code of functions inside it."""
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _is_special(name: str) -> bool:
    return name.startswith("__") and name != "__call__"


def _is_ours(thing: Any, whole: bool) -> bool:
    """True if a function or class is of our packages; or, unless `whole`, holds nothing to read."""
    # The package nn is called autograd_mini.nn where a user's nn.py hides it.
    module = (getattr(thing, "__module__", None) or "").replace("autograd_mini.nn.", "nn.")
    package = module.partition(".")[0]
    return package == "autograd_mini" if not whole else package in OURS
