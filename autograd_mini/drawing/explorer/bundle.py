"""The page's ES module, put together from small ones, and its stylesheet."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

# Each uses only those before it.
MODULES = (
    "numbers",
    "graph",
    "steps",
    "chains",
    "training",
    "leaves",
    "scene",
    "groups",
    "picture",
    "address",
    "explorer",
)
IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=const|function|class)", re.MULTILINE)


@cache
def module_text() -> str:
    """One ES module that defines `explore(element, graph, rows)`."""
    parts = [_read(f"{name}.js") for name in MODULES]
    return "\n".join(EXPORT.sub("", IMPORT.sub("", part)) for part in parts)


@cache
def style_text() -> str:
    """The stylesheet of the page."""
    return _read("explorer.css") + _read("groups.css")


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
