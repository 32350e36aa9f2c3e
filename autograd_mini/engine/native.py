"""Which engine runs: the extension in C, or the Python code of this package.

A wheel for a platform has the extension, which is built from the table of rows and gives the same
bits more than five times as fast. Python runs where it is missing, where the variable
AUTOGRAD_MINI_PURE is set, where the extension was built from other rows, and where its C library
rounds otherwise than Python's `math`.
"""

from __future__ import annotations

import math
import os
from importlib import import_module
from typing import Any

from autograd_mini.engine import ops  # noqa: F401  fills the table
from autograd_mini.engine.operation import TABLE

# The points at which the functions of both C libraries are compared.
POINTS = ((0.1, 0.7), (0.3, 2.5), (0.9, -1.3))


def load() -> Any:
    """The extension, or None if Python runs."""
    if os.environ.get("AUTOGRAD_MINI_PURE", "0") not in ("", "0"):
        return None
    try:
        extension = import_module("autograd_mini.engine._native")
    except ImportError:  # also in a second interpreter of one process
        return None
    return extension if has_the_rows(extension) and has_the_library(extension) else None


def has_the_rows(extension: Any) -> bool:
    """True if the extension was built from the rows of the table."""
    documented = {name: getattr(extension.Value, name).__doc__ for name in extension.values(1, 1)}
    return documented == {name: row.__doc__ for name, row in TABLE.items()}


def has_the_library(extension: Any) -> bool:
    """True if the C library of the extension gives the results of Python's `math`."""
    # The row `pow` is written `x ** y`, and calls pow for most operands.
    called = [each for each in TABLE.values() if each.is_primitive or each.name == "pow"]
    return all(
        getattr(math, row.name)(*point[: row.arity]) == extension.values(*point)[row.name]
        for point in POINTS
        for row in called
        if hasattr(math, row.name)
    )


NATIVE: Any = load()
engine_name = "Python" if NATIVE is None else "C"
