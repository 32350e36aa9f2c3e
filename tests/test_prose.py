"""The prose of the project avoids a few phrases that a native reader reads twice.

CONTRIBUTING.md states the rules of style. The phrases here have a plainer form in every case.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PHRASES = {
    r"\banew\b": "again",
    r"\bby now\b": "name the time, or leave it out",
    r"\bis called so\b": "has this name",
    r"\bThat which\b": "name the thing",
    r"(?<![Tt]here )\bis no (?!longer|more|less|worse|better|faster)": "is not a",
}
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *(path for path in (ROOT / "docs").rglob("*.md") if "node_modules" not in path.parts),
    *(ROOT / "notebooks").rglob("*.py"),
    *(ROOT / "notebooks").rglob("*.md"),
]
MODULES = [path for package in ("autograd_mini", "nn") for path in (ROOT / package).rglob("*.py")]


def docstrings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield ast.get_docstring(node) or ""


def found(text: str) -> list[str]:
    """The phrases in a text, each with its plainer form."""
    return [
        f"{match[0]!r}: write {plain!r}"
        for phrase, plain in PHRASES.items()
        for match in re.finditer(phrase, text)
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_is_written_in_plain_english(path: Path) -> None:
    assert found(path.read_text(encoding="utf-8")) == []


def test_docstrings_are_written_in_plain_english() -> None:
    """A docstring names the thing: it begins neither with What nor with Whether."""
    for path in MODULES:
        for text in docstrings(path):
            assert found(text) == [], path
            assert not re.match(r"(What|Whether|That which) ", text), (
                path,
                text.partition("\n")[0],
            )
