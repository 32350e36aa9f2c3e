"""Numbers for the inputs of a compiled graph: put in order, converted and checked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any

from autograd_mini.engine.value import Value, real
from autograd_mini.extensions.grad import NUMBERS, is_array, leaves_of

Row = tuple[float, ...]

FLOATS = {float}


def arranged(
    title: str, names: Sequence[str], given: Sequence[Any], by_name: Mapping[str, Any]
) -> list[Any]:
    """One number for each name, given in order or by name.

    Raises: TypeError if inputs are missing, too many or given twice.
    """
    takes = f"{title} takes {many(len(names), 'input')} ({listed(names)})"
    if len(given) > len(names):
        raise TypeError(f"{takes}, got {len(given)}; for many rows use batch(rows)")
    numbers = dict(zip(names, given))
    for name, number in by_name.items():
        if name not in names:
            raise TypeError(f"{takes}, got {name!r}")
        if name in numbers:
            raise TypeError(f"{takes}, got {name} twice")
        numbers[name] = number
    missing = [name for name in names if name not in numbers]
    if missing:
        raise TypeError(f"{takes}, got {len(numbers)}: {listed(missing)} missing")
    return [numbers[name] for name in names]


def as_number(name: str, given: Any, or_many: str = "") -> float:
    """`given` as a float. or_many: advice for several numbers.

    Raises: TypeError if it is not a real number.
    """
    number = None if isinstance(given, Value) else real(given)
    if number is None:
        if isinstance(given, Value):
            instead = "give its number, as in x.data"
        elif hasattr(given, "__len__") and not isinstance(given, (str, bytes)):
            instead = f"give one number{or_many}"
        else:
            instead = "give a number"
        raise TypeError(f"{name} must be a real number, got {given!r:.80}: {instead}")
    return number


def as_arguments(given: Any) -> Row:
    """The numbers of the arguments of a function, which may be trees.

    Raises: TypeError that names one that is not a real number.
    """
    if isinstance(given, (str, bytes)) or not hasattr(given, "__iter__"):
        raise TypeError(f"a row of arguments must be a list of numbers, got {given!r:.80}")
    numbers: list[float] = []
    for position, argument in enumerate(given, start=1):
        leaves = leaves_of(argument)
        if not FLOATS.issuperset(map(type, leaves)):
            leaves = [as_number(f"argument {position}", each) for each in leaves]
        numbers += leaves
    return tuple(numbers)


def names_of(name: str, tree: Any) -> Iterator[str]:
    """A name for each number of a tree, such as w[2][0] or w['bias']."""
    if is_array(tree):
        tree = tree.tolist()
    if isinstance(tree, (list, tuple, dict)):
        parts = tree.items() if isinstance(tree, dict) else enumerate(tree)
        for key, part in parts:
            yield from names_of(f"{name}[{key!r}]", part)
    elif tree is not None:
        yield name


def form_of(tree: Any) -> Any:
    """The containers of a tree, without its numbers; equal forms can share a program."""
    if is_array(tree):
        return "array", tree.shape
    if not isinstance(tree, (list, tuple, dict)):
        return tree is None
    if isinstance(tree, dict):
        return dict, tuple(tree), form_of(list(tree.values()))
    if NUMBERS.issuperset(map(type, tree)):  # the usual case, decided at once
        return type(tree), len(tree)
    return type(tree), tuple(map(form_of, tree))


def as_vector(what: str, given: Any, names: Sequence[str]) -> list[float]:
    """One number for each name, as a list.

    Raises: TypeError or ValueError if it does not fit.
    """
    if isinstance(given, (str, bytes)) or not hasattr(given, "__len__"):
        raise TypeError(f"{what} must be a list of {many_of(names)}, got {given!r:.80}")
    if len(given) != len(names):
        raise ValueError(f"{what} has {many(len(given), 'number')}; give {many_of(names)}")
    return [as_number(f"{name} in {what}", number) for name, number in zip(names, given)]


class Rows:
    """Rows of numbers, one number for each name; from lists, or a NumPy array, which is not copied.

    Raises: TypeError or ValueError that names a row that does not fit.
    """

    def __init__(self, given: Any, names: Sequence[str]) -> None:
        self.width: int = len(names)
        self.array: Any = _array_of(given, len(names))
        if self.array is None:
            self.listed = _listed_rows(given, names)

    @cached_property
    def listed(self) -> list[Row]:
        """As a list of tuples."""
        assert self.array is not None
        return list(map(tuple, self.array.tolist()))

    def __len__(self) -> int:
        return len(self.listed) if self.array is None else len(self.array)

    def __getitem__(self, index: int) -> Row:
        return self.listed[index] if self.array is None else tuple(self.array[index].tolist())

    def after(self, index: int) -> Rows:
        """The rows from `index` on."""
        rest = copy(self)
        if self.array is None:
            rest.listed = self.listed[index:]
        else:
            rest.array = self.array[index:]
            vars(rest).pop("listed", None)
        return rest


def _array_of(given: Any, width: int) -> Any:
    """`given` if it is a NumPy array that C can read: rows of floats of the right width.

    Others are read number by number, so that an error can name the number.
    """
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(given, numpy.ndarray):
        return None
    fits = given.dtype == float and given.ndim == 2 and given.shape[1] == width
    return given if fits and given.flags.c_contiguous else None


def _listed_rows(rows: Any, names: Sequence[str]) -> list[Row]:
    if hasattr(rows, "tolist"):
        rows = rows.tolist()
    if isinstance(rows, (str, bytes)) or not hasattr(rows, "__iter__"):
        raise TypeError(f"a batch is a list of rows of {many_of(names)}, got {rows!r:.80}")
    return [_as_row(index, row, names) for index, row in enumerate(rows)]


def _as_row(index: int, row: Any, names: Sequence[str]) -> Row:
    if isinstance(row, (str, bytes)) or not hasattr(row, "__len__"):
        raise TypeError(f"row {index} of the batch is {row!r:.80}; give {many_of(names)}")
    if len(row) != len(names):
        raise ValueError(f"row {index} of the batch has {len(row)}; give {many_of(names)}")
    # The usual case, decided at once.
    if set(map(type, row)) <= {float}:
        return tuple(row)
    return tuple(as_number(f"{name} in row {index}", x) for name, x in zip(names, row))


def many_of(names: Sequence[str]) -> str:
    """`2 numbers (w, x)`."""
    return many(len(names), "number") + (f" ({listed(names)})" if names else "")


def many(count: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """The names; of more than 12, the first four and the last."""
    if len(names) > 12:
        return ", ".join([*names[:4], "...", names[-1]])
    return ", ".join(names)
