"""The page's ES module, put together from small ones, its controls and its stylesheet."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from autograd_mini.drawing.palette import (
    BROKEN,
    INK_DARK,
    INK_LIGHT,
    LINE,
    PAPER_DARK,
    PAPER_LIGHT,
    POSITIVE,
)

_ELEMENT = f"""
.explorer {{
  color-scheme: light dark;
  --broken: {BROKEN}; --positive: {POSITIVE}; --line: {LINE};
  padding: 1rem; font: 1rem Helvetica, Arial, sans-serif;
  color: {INK_LIGHT}; background: {PAPER_LIGHT};
}}
@media (prefers-color-scheme: dark) {{
  .explorer {{ color: {INK_DARK}; background: {PAPER_DARK}; }}
}}
"""
_RULES = f"""
h1 {{ font-size: 1.1rem; overflow-wrap: anywhere; }}
.picture {{ overflow: auto; max-height: 80vh; border: 1px solid {LINE}; }}
.picture svg {{ display: block; max-width: none; }}
table {{ margin-top: 1rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.2rem 0.8rem; border-bottom: 1px solid {LINE}; text-align: left; }}
.recorded th:nth-child(n+3), .recorded td:nth-child(n+3) {{ text-align: right; }}
"""

# Each uses only those before it.
MODULES = (
    "numbers",
    "graph",
    "notation",
    "views",
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

# Readers of the source have the files; a page need not carry indentation and remarks, nor spaces
# around signs, nor the ends of lines that a sign ends or begins. No string of ours spans lines, no
# template stands in another, and no regular expression has two slashes or a quote.
LEFT_OUT = re.compile(r"^ *(?://|/?\*).*\n|^ +|^\n", re.MULTILINE)
STRING = r""" "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\\n])*` """
SPACED = re.compile(
    rf"({STRING}) | [ ]*([,;{{(])(?:\s|//.*)* | \s*(}})[ ]* | [ ]*([=*<>?:)&|])[ ]* | [ ]*//.*",
    re.VERBOSE,
)


@cache
def module_text(groups: bool = True) -> str:
    """One ES module that defines `explore(element, graph, rows, kinds)`."""
    parts = [_read(f"{name}.js") for name in MODULES if groups or name not in GROUPS]
    return "".join(compact(EXPORT.sub("", IMPORT.sub("", part))) for part in parts)


def compact(script: str) -> str:
    """The same script without indentation, remarks and spaces around signs."""
    return SPACED.sub(lambda found: "".join(found.groups("")), LEFT_OUT.sub("", script))


@cache
def controls_text() -> str:
    """What stands below the picture, in HTML."""
    return _read("controls.html")


@cache
def style_text(*, nested: bool = False, groups: bool = False) -> str:
    """The stylesheet; nested: of a part of a page that has its own; groups: for these too."""
    rules = f"{_RULES}{_read('explorer.css')}{_read('groups.css') if groups else ''}"
    return f"{_ELEMENT}.explorer {{\n{rules}}}\n" if nested else f"{_ELEMENT}{rules}"


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
