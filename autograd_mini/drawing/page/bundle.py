"""The page's ES module, put together from small ones, its controls and its stylesheet."""

from __future__ import annotations

import base64
import json
import re
import zlib
from functools import cache
from importlib.resources import files

from autograd_mini.drawing.lettering import (
    LONGEST_STUB_LABEL,
    NOTE_SIZE,
    NUMBER_SIZE,
    TITLE_SIZE,
)
from autograd_mini.drawing.page.questions import MOST_QUESTIONS
from autograd_mini.drawing.palette import (
    BROKEN,
    FRAME_DARK,
    FRAME_LIGHT,
    INK_DARK,
    INK_LIGHT,
    LINE,
    MIXED,
    NEGATIVE,
    PAPER_DARK,
    PAPER_LIGHT,
    POSITIVE,
)
from autograd_mini.symbols import limits, numbers

# light-dark() follows color-scheme, which follows the system until a theme is chosen.
_ELEMENT = f"""
.explorer {{
  color-scheme: light dark;
  --ink: light-dark({INK_LIGHT}, {INK_DARK}); --paper: light-dark({PAPER_LIGHT}, {PAPER_DARK});
  --frame: light-dark({FRAME_LIGHT}, {FRAME_DARK}); --path: light-dark({MIXED}, #c4a7ff);
  --broken: {BROKEN}; --positive: {POSITIVE}; --negative: {NEGATIVE}; --line: {LINE};
  font: 1rem Helvetica, Arial, sans-serif;
  color: var(--ink); background: var(--paper);
}}
.explorer[data-theme="light"] {{ color-scheme: light; }}
.explorer[data-theme="dark"] {{ color-scheme: dark; }}
"""

# The names in LIMITS, which the JavaScript modules read.
LIMITS: dict[str, float] = {
    "MOST_PATHS": limits.MOST_PATHS,
    "MOST_TERMS": limits.MOST_TERMS,
    "MOST_FACTORS": limits.MOST_FACTORS,
    "DECIMALS": limits.DECIMALS,
    "LONGEST_NUMERAL": limits.LONGEST_NUMERAL,
    "DOUBT": limits.DOUBT,
    "ROUNDING": limits.ROUNDING,
    "WRITTEN_OUT_BELOW": numbers.WRITTEN_OUT_BELOW,
    "SMALLEST": numbers.SMALLEST,
    "LARGEST": numbers.LARGEST,
    "SMALLEST_TEXT": min(NUMBER_SIZE, NOTE_SIZE, TITLE_SIZE),
    "LONGEST_STUB": LONGEST_STUB_LABEL,
    "MOST_QUESTIONS": MOST_QUESTIONS,
}

# Each uses only those before it.
MODULES = (
    "elements",
    "numbers",
    "graph",
    "notation",
    "views",
    "chains",
    "steps",
    "leaves",
    "panels",
    "training",
    "plane",
    "keys",
    "latex",
    "why",
    "judge",
    "quiz",
    "quiz_panel",
    "scene",
    "groups",
    "network",
    "attention",
    "picture",
    "motion",
    "viewport",
    "address",
    "explorer",
)
IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=const|function|class)", re.MULTILINE)


@cache
def module_text() -> str:
    """One ES module that defines `explore(element, graph, rows, kinds)`."""
    parts = [_read(f"{name}.js") for name in MODULES]
    head = f"const LIMITS = {json.dumps(LIMITS)};\n"
    return head + "".join(EXPORT.sub("", IMPORT.sub("", part)) for part in parts)


@cache
def packed_module() -> str:
    """The text of the module, packed."""
    return deflated(module_text())


def deflated(text: str) -> str:
    """A text in a third of the room, as base64, which a browser can unpack."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(packer.compress(text.encode()) + packer.flush()).decode()


def body_text(picture: str, table: str) -> str:
    """The controls around a picture and a table, in HTML."""
    return _read("body.html").replace("{picture}", picture).replace("{table}", table)


@cache
def style_text(*, nested: bool = False) -> str:
    """The stylesheet; nested: of a part of a page that has its own."""
    rules = _read("page.css")
    return f"{_ELEMENT}.explorer {{\n{rules}}}\n" if nested else f"{_ELEMENT}{rules}"


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
