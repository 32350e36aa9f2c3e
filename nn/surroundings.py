"""The Python state that a model and a loss read besides Values, and a compiled loss depends on.

A program has the plain numbers that were read when it was recorded. So `fit(compiled=...)` compares
this state after code of the user has run, and records again if it has changed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from autograd_mini import Operation, Value

Item = tuple[str, Any]

# Objects that are compared by their values.
PLAIN = (int, float, complex, str, bytes, bool, type(None))

# Packages whose functions read no state of the user.
OURS = ("nn", "autograd_mini")


class Surroundings:
    """The state that some objects hold, by the way to it.

    numbers(): plain numbers and texts, and which objects are where. Values are told apart by
    identity, because a program reads their data.
    random_states(): of all generators of random numbers.
    """

    def __init__(self, *roots: Any) -> None:
        self._roots = roots

    def numbers(self) -> dict[str, Any]:
        """The state apart from generators of random numbers."""
        return dict(self._walk())

    def random_states(self) -> list[Any]:
        """The states of Python's and NumPy's generators, and of those that the objects hold."""
        states: list[Any] = [random.getstate()]
        numpy: Any = sys.modules.get("numpy.random")
        if numpy is not None:
            states.append(repr(numpy.get_state(legacy=False)["state"]))
        generators: list[Any] = []
        for _ in self._walk(generators):
            pass
        for generator in generators:
            is_python = isinstance(generator, random.Random)
            states.append(
                generator.getstate() if is_python else repr(generator.bit_generator.state)
            )
        return states

    def _walk(self, generators: list[Any] | None = None) -> Iterator[Item]:
        """Each item with the way to it. generators: receives those that are found."""
        seen: set[int] = set()
        pending: list[Item] = [(str(k), root) for k, root in enumerate(self._roots)]
        while pending:
            way, held = pending.pop()
            if isinstance(held, PLAIN):
                # nan is equal to itself here; -0.0 is not 0.0.
                yield way, (type(held), repr(held))
                continue
            if hasattr(held, "dtype") and hasattr(held, "tobytes"):
                yield way, (str(held.dtype), getattr(held, "shape", ()), held.tobytes())
                continue
            if id(held) in seen:
                continue
            seen.add(id(held))
            if isinstance(held, random.Random) or hasattr(held, "bit_generator"):
                if generators is not None:
                    generators.append(held)
            elif isinstance(held, Value):
                if held.op is None:  # results are made by each recording
                    yield way, id(held)
            else:
                pending += ((f"{way}.{name}", part) for name, part in _parts(held))


def _parts(held: Any) -> Iterable[Item]:
    """The named parts of an object, as far as a function may read them."""
    if isinstance(held, dict):
        return [(repr(key), part) for key, part in held.items()]
    if isinstance(held, (list, tuple)):
        return [("len", len(held)), *((str(k), part) for k, part in enumerate(held))]
    if isinstance(held, (set, frozenset)):
        return [("set", repr(sorted(map(repr, held))))]
    if isinstance(held, partial):
        return [("func", held.func), ("args", held.args), ("keywords", held.keywords)]
    if isinstance(held, MethodType):
        return [("self", held.__self__), ("func", held.__func__)]
    if isinstance(held, FunctionType):
        return _parts_of_function(held)
    if isinstance(held, (type, ModuleType, Operation)) or _is_ours(type(held), whole=False):
        return []
    parts: list[Item] = list(getattr(held, "__dict__", {}).items())
    if type(held).__module__ in sys.stdlib_module_names:
        return parts
    for kind in type(held).__mro__:
        if not _is_ours(kind, whole=True) and kind.__module__ != "builtins":
            members = vars(kind).items()
            parts += [
                (f"{kind.__name__}.{name}", part)
                for name, part in members
                if isinstance(part, (FunctionType, property, *PLAIN)) and not _is_special(name)
            ]
    return [(name, part.fget if isinstance(part, property) else part) for name, part in parts]


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
    for name in sorted(_names(function.__code__)):
        found = function.__globals__.get(name)
        if isinstance(found, ModuleType):
            # Numbers of a module of the user, such as config.rate.
            if found.__name__.partition(".")[0] not in (*OURS, *sys.stdlib_module_names, "numpy"):
                numbers = vars(found).items()
                parts += [(f"{name}.{key}", x) for key, x in numbers if isinstance(x, PLAIN)]
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
    package = (getattr(thing, "__module__", None) or "").partition(".")[0]
    return package == "autograd_mini" if not whole else package in OURS
