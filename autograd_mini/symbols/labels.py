"""label: give Values the names of variables, for formulas and drawings."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

from autograd_mini.engine.value import Value


def label(**values: Value) -> None:
    """Give each Value its keyword as its label. Without keywords: label all of the caller's Values.

    >>> a, b = Value(1.0), Value(2.0)
    >>> label(a=a, net=a * b)
    >>> a.label, b.label
    ('a', '')

    `label()` gives every Value without a label the name of the caller's variable, in a notebook, a
    script or a function. Elements of lists and tuples get their index: w[0] becomes w0, w[1][2]
    becomes w1_2, which formulas typeset with subscripts. Elements of dicts get their key, if it is
    text: layer["wq"][3] becomes wq3. Of several names the first counts, and a loop variable counts
    last. Names that begin with _ are skipped.

    >>> w = [Value(0.5), Value(-0.5)]
    >>> label()
    >>> b.label, w[1].label
    ('b', 'w1')

    Raises: TypeError if one is not a Value; then none is labelled.
    """
    for name, value in values.items():
        if not isinstance(value, Value):
            raise TypeError(f"label({name}=...) names a Value, got {value!r}")
    for name, value in values.items():
        value.label = name
    if not values:
        from inspect import CO_OPTIMIZED  # imported late: it takes a tenth of the package's import

        frame = sys._getframe(1)
        variables, assigned = frame.f_locals, _assigned(frame.f_code)
        if frame.f_code.co_flags & CO_OPTIMIZED:  # of a function, which lists captured names last
            variables = {
                name: variables[name] for name in [*assigned, *variables] if name in variables
            }
        loops = {
            name: variables[name] for name, loop in assigned.items() if loop and name in variables
        }
        others = {name: value for name, value in variables.items() if name not in loops}
        label_variables({**others, **loops})


def label_variables(variables: Mapping[str, Any]) -> None:
    """Label the Values without a label among `variables`, in order, as `label()` does."""
    taken = {name for name, variable in variables.items() if isinstance(variable, Value)}
    for name, variable in list(variables.items()):
        if not name.startswith("_"):
            for keys, indices, value in _values_in(variable, set()):
                if not value.label:
                    value.label = _free(name, keys, indices, taken)
                    taken.add(value.label)


def _assigned(code: CodeType) -> dict[str, bool]:
    """The names that `code` assigns to, in order of the first; whether a for loop does so."""
    from dis import get_instructions

    names = dict.fromkeys(code.co_varnames[: code.co_argcount], False)
    in_target = False
    for instruction in get_instructions(code):
        if instruction.opname == "FOR_ITER":
            in_target = True
        elif instruction.opname.startswith("STORE_"):
            stored = instruction.argval
            both = instruction.opname == "STORE_FAST_STORE_FAST"
            for name in stored if both else stored[:1] if isinstance(stored, tuple) else [stored]:
                names[name] = names.get(name, False) or in_target
            in_target = in_target and instruction.opname != "STORE_FAST_LOAD_FAST"
        elif not instruction.opname.startswith("UNPACK_"):
            in_target = False
    return names


def _values_in(
    variable: Any, around: set[int], keys: tuple[str, ...] = (), indices: tuple[int, ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[int, ...], Value]]:
    """The Values in a variable, each with the keys on the way to it, and the indices after them.

    around: the ids of the lists and dicts that it is in.
    """
    if isinstance(variable, Value):
        yield keys, indices, variable
    elif isinstance(variable, (list, tuple, dict)) and id(variable) not in around:
        inside = {*around, id(variable)}
        if isinstance(variable, dict):
            for key, element in variable.items():
                word = re.sub(r"\W+", "_", key).strip("_") if isinstance(key, str) else ""
                if word:
                    yield from _values_in(element, inside, (*keys, word))
        else:
            for index, element in enumerate(variable):
                yield from _values_in(element, inside, keys, (*indices, index))


def _free(name: str, keys: tuple[str, ...], indices: tuple[int, ...], taken: set[str]) -> str:
    """The label of an element, with as few of the names on the way to it as are needed."""
    path = (name, *keys)
    for first in range(len(path) - 1, 0, -1):
        label = _indexed("_".join(path[first:]), indices, taken)
        if label not in taken:
            return label
    return _indexed("_".join(path), indices, taken)


def _indexed(name: str, indices: tuple[int, ...], taken: set[str]) -> str:
    """The label of an element: w0 and w0_1, or w_0 where w0 is another name or ends alike."""
    digits = "_".join(map(str, indices))
    joined = name + digits
    apart = digits and (joined in taken or name[-1].isdigit() or "_" in name)
    return f"{name}_{digits}" if apart else joined
