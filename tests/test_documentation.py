"""What the pages of the site say is so; tests/test_readme.py has the README."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = {str(path.relative_to(ROOT / "docs")): path for path in (ROOT / "docs").rglob("*.md")}


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_give_what_it_prints(page: str, tmp_path: Path) -> None:
    # In a process of its own, as in the tests of the README.
    done = subprocess.run(
        [sys.executable, "-m", "doctest", PAGES[page]], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout + done.stderr == ""


def test_pages_include_what_stands_elsewhere() -> None:
    """A part that is included begins and ends at headings that are there, once each."""
    included = {
        (match[1], heading)
        for page in PAGES.values()
        for match in re.finditer(
            r"```\{include\} (\S+)\n:start-after: \"(.+)\"\n:end-before: \"(.+)\"\n```",
            page.read_text(encoding="utf-8"),
        )
        for heading in match.groups()[1:]
    }
    assert len(included) == 5
    for file, heading in included:
        lines = (ROOT / "docs" / file).read_text(encoding="utf-8").splitlines()
        assert lines.count(heading) == 1, (file, heading)
