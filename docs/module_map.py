"""The map of the modules as a picture, drawn by Graphviz from the imports there are."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from pathlib import Path

import autograd_mini

ROOT = Path(__file__).parent.parent
PACKAGE = "autograd_mini"

HEAD = """digraph {
rankdir=TB; ranksep=0.35; nodesep=0.25; bgcolor=transparent;
node [shape=box, style=rounded, fontname="Helvetica", fontsize=12, height=0.35];
edge [arrowsize=0.6];
"""


def rows() -> dict[str, list[Path]]:
    """The parts of both packages, each with its files; a package inside is one part."""
    found = defaultdict(list)
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        part = path.relative_to(ROOT / PACKAGE).parts[0].removesuffix(".py")
        if part not in ("__init__", "__main__"):
            found[part].append(path)
    found["nn"] = sorted((ROOT / "nn").rglob("*.py"))
    return found


def imported(path: Path) -> Iterator[str]:
    """The parts that a file imports; of a public name, the part that it comes from."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            package, _, inside = node.module.partition(".")
            if package == PACKAGE and inside:
                yield inside.partition(".")[0]
            elif package == PACKAGE:
                for alias in node.names:
                    yield getattr(autograd_mini, alias.name).__module__.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def edges() -> set[tuple[str, str]]:
    """Who imports whom."""
    parts = rows()
    return {
        (part, other)
        for part, files in parts.items()
        for path in files
        for other in imported(path)
        if other != part and other in parts
    }


def shortest(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Without those that a longer way makes plain."""
    below = defaultdict(set)
    for above, under in pairs:
        below[above].add(under)

    def reached(part: str) -> set[str]:
        return below[part].union(*(reached(under) for under in below[part]))

    return {
        (above, under)
        for above, under in pairs
        if not any(under in reached(other) for other in below[above] - {under})
    }


def dot() -> str:
    """The picture in Graphviz's language: what is needed stands below what needs it."""
    lines = [
        f'"{part}" [label="{part}{"/" if files[0].name == "__init__.py" else ""}"];'
        for part, files in rows().items()
    ]
    lines += [f'"{above}" -> "{under}";' for above, under in sorted(shortest(edges()))]
    return HEAD + "\n".join(lines) + "\n}\n"


def svg() -> str:
    """The picture, in the colour of the text around it."""
    drawn = subprocess.run(
        ["dot", "-Tsvg"], input=dot(), capture_output=True, text=True, check=True
    )
    picture = drawn.stdout[drawn.stdout.index("<svg") :]
    picture = re.sub(r"<!--.*?-->\n?", "", picture, flags=re.DOTALL)
    picture = picture.replace('"black"', '"currentColor"').replace(
        "<text ", '<text fill="currentColor" '
    )
    words = escape("The modules; an arrow leads from a module to one that it imports")
    return f'<figure class="map" role="img" aria-label="{words}">\n{picture}</figure>'
