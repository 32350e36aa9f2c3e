"""The page's ES module, put together from small ones, its controls and its stylesheet."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

# Each uses only those before it.
MODULES = (
    "numbers",
    "graph",
    "notation",
    "chains",
    "steps",
    "training",
    "leaves",
    "judge",
    "quiz",
    "quiz_panel",
    "scene",
    "groups",
    "picture",
    "viewport",
    "address",
    "explorer",
)
# Only for pages with groups.
GROUPS = ("scene", "groups")

IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=const|function|class)", re.MULTILINE)

# Readers of the source have the files; a page need not carry indentation and remarks. No string of
# ours spans lines.
LEFT_OUT = re.compile(r"^ *(?://|/?\*).*\n|^ +|^\n", re.MULTILINE)


@cache
def module_text(groups: bool = True) -> str:
    """One ES module that defines `explore(element, graph, rows, kinds)`."""
    parts = [_read(f"{name}.js") for name in MODULES if groups or name not in GROUPS]
    return "".join(compact(EXPORT.sub("", IMPORT.sub("", part))) for part in parts)


def compact(script: str) -> str:
    """The same script without indentation and remarks."""
    return LEFT_OUT.sub("", script)


@cache
def controls_text() -> str:
    """What stands below the picture, in HTML."""
    return _read("controls.html")


@cache
def style_text(groups: bool) -> str:
    """The stylesheet of the page."""
    return _read("explorer.css") + (_read("groups.css") if groups else "")


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
