"""The Python state that a model and a loss read besides Values.

A loss that changes this state, or takes random numbers, is not a function of its sample. So
`fit(compiled=...)` compares the state before and after the loss is recorded.
"""

from __future__ import annotations

import operator
import pickle
import random
import sys
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from types import CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

from autograd_mini import Operation, Value

Item = tuple[str, Any]

# Objects that are compared by their values.
PLAIN = (int, float, complex, str, bytes, bool, type(None))

# Mutable sequences of plain numbers.
BYTES = (bytearray, memoryview, array)

# Packages whose functions read no state of the user.
OURS = ("nn", "autograd_mini")


class Surroundings:
    """The state that some objects hold, by the way to it.

    numbers(): plain numbers and texts, and which objects are where. Values are told apart by
    identity, because a program reads their data.
    """

    def __init__(self, *roots: Any) -> None:
        self._roots = roots

    def state(self) -> tuple[dict[str, Any], list[Any]]:
        """The state of numbers and of generators of random numbers, for `has_moved`."""
        generators: list[Any] = []
        return dict(self._walk(generators)), _random_states(generators)

    def has_moved(self, before: tuple[dict[str, Any], list[Any]]) -> bool:
        """True if the state is another than `before`."""
        numbers, states = self.state()
        # The first recording may import NumPy, whose state is the last.
        return has_changed(before[0], numbers) or any(map(operator.ne, before[1], states))

    def numbers(self) -> dict[str, Any]:
        """The state apart from generators of random numbers."""
        return dict(self._walk([]))

    def _walk(self, generators: list[Any]) -> Iterator[Item]:
        """Each item with the way to it. generators: receives those that are found."""
        seen: set[int] = set()
        pending: list[Item] = [(str(k), root) for k, root in enumerate(self._roots)]
        while pending:
            way, held = pending.pop()
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
            if isinstance(held, random.Random) or hasattr(type(held), "bit_generator"):
                generators.append(held)
            elif isinstance(held, Value):
                if held.op is None:  # results are made by each recording
                    yield way, id(held)
            else:
                pending += ((f"{way}.{name}", part) for name, part in _parts(held))


def has_changed(before: dict[str, Any], numbers: dict[str, Any]) -> bool:
    """True if a number, text or object is another than before.

    A Value that replaces another is not a change: a model may keep its last results.
    """
    ways = {way for way in {*numbers, *before} if numbers.get(way) != before.get(way)}
    # Identities of Values are ints.
    return not all(isinstance(numbers.get(way, before.get(way)), int) for way in ways)


def _random_states(generators: Iterable[Any]) -> list[Any]:
    """The states of Python's and NumPy's generators, and of `generators`."""
    states: list[Any] = [random.getstate()]
    for generator in generators:
        is_python = isinstance(generator, random.Random)
        states.append(
            generator.getstate() if is_python else pickle.dumps(generator.bit_generator.state)
        )
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
    if isinstance(held, MethodType):
        return [("self", held.__self__), ("func", held.__func__)]
    if isinstance(held, FunctionType):
        return _parts_of_function(held)
    if isinstance(held, (ModuleType, Operation)) or _is_ours(type(held), whole=False):
        return []
    if isinstance(held, type):
        return _members(held)
    own = vars(held) if hasattr(type(held), "__dict__") and hasattr(held, "__dict__") else {}
    parts: list[Item] = list(own.items())
    for kind in type(held).__mro__:
        slots = [
            name for name, part in vars(kind).items() if isinstance(part, MemberDescriptorType)
        ]
        parts += [(name, getattr(held, name)) for name in slots if hasattr(held, name)]
    if type(held).__module__ in sys.stdlib_module_names:
        return parts
    return parts + _members(type(held))


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
        if isinstance(found, ModuleType):
            # A part of a module of the user, such as config.rate.
            if found.__name__.partition(".")[0] not in (*OURS, *sys.stdlib_module_names, "numpy"):
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
