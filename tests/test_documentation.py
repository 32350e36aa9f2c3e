"""The pages of docs/: their examples and their links. tests/test_readme.py has the README."""

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import autograd_mini
import nn

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
REFERENCE = ["autograd_mini", "nn", "operations"]
PAGES = {
    str(path.relative_to(DOCS)): path
    for path in DOCS.rglob("*.md")
    if "node_modules" not in path.parts
}
WITH_EXAMPLES = [page for page, path in PAGES.items() if ">>> " in path.read_text("utf-8")]


def links(path: Path) -> list[str]:
    """The targets of the links and pictures of a page, outside of code."""
    text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", text)


@pytest.mark.parametrize("page", WITH_EXAMPLES)
def test_the_examples_of_a_page_print_and_draw_what_it_shows(page: str, tmp_path: Path) -> None:
    # In a separate process, because examples add to the table and write files.
    done = subprocess.run(
        [sys.executable, "-m", "doctest", PAGES[page]], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout + done.stderr == ""
    shown = {Path(link).name for link in links(PAGES[page]) if link.endswith(".svg")}
    drawn = {path.name for path in tmp_path.glob("*.svg")} & shown
    assert {name: (DOCS / name).read_text(encoding="utf-8") for name in drawn} == {
        name: (tmp_path / name).read_text(encoding="utf-8") for name in drawn
    }


@pytest.mark.parametrize(
    "path",
    [
        *PAGES.values(),
        *(ROOT / "notebooks").rglob("*.md"),
        *(ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "README.md")),
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_link_of_a_page_leads_to_a_file(path: Path) -> None:
    assert [
        link
        for link in links(path)
        if not link.startswith(("https://", "#"))
        and not (path.parent / link.partition("#")[0]).exists()
    ] == []


def test_the_index_links_to_every_page() -> None:
    assert set(PAGES) - {"index.md"} <= set(links(PAGES["index.md"]))


def test_no_page_needs_a_build_to_be_read() -> None:
    """A page has no directives, which only Sphinx would replace, and its tags need no scripts."""
    for page, path in PAGES.items():
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"^```\{.*|<!-- made.*|<iframe.*", text, re.MULTILINE) == [], page


def test_the_files_that_the_documentation_names_exist() -> None:
    roots = "autograd_mini|nn|tests|docs|notebooks|benchmarks"
    named = {
        (page, file)
        for page, path in {**PAGES, "CONTRIBUTING": ROOT / "CONTRIBUTING.md"}.items()
        for file in re.findall(
            rf"`((?:{roots})/[\w./-]+\.\w+|\.ci/[\w.]+)`", path.read_text(encoding="utf-8")
        )
    }
    assert len(named) > 20
    missing = [entry for entry in sorted(named) if not (ROOT / entry[1]).exists()]
    assert [entry for entry in missing if "NAME" not in entry[1]] == []


def test_the_reference_pages_are_up_to_date() -> None:
    """Compares in a separate process, since other tests add rows to the table."""
    program = (
        f"import runpy; pages = runpy.run_path({str(DOCS / 'write_reference.py')!r})['pages']()\n"
        "print([path.name for path, text in pages.items() if path.read_text('utf-8') != text])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == "[]\n", "run: python docs/write_reference.py"


@pytest.mark.parametrize("package", [autograd_mini, nn], ids=lambda package: package.__name__)
def test_every_public_function_and_class_is_in_the_reference(package: ModuleType) -> None:
    entries = "".join((DOCS / "reference" / f"{page}.md").read_text() for page in REFERENCE)
    assert [
        name
        for name in vars(package)["__all__"]
        if callable(getattr(package, name))
        and f"### {name}\n" not in entries
        and f"| `{name}` |" not in entries
    ] == []
