"""The README: its examples, its test command, its links."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_examples_of_the_readme_print_what_it_shows(tmp_path: Path) -> None:
    # In a separate process, because the examples add to the table and write files.
    done = subprocess.run(
        [sys.executable, "-m", "doctest", ROOT / "README.md"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout + done.stderr == ""
    (picture,) = tmp_path.iterdir()
    assert picture.read_text() == (ROOT / "docs" / picture.name).read_text()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    (command,) = re.findall(r"^.*/pytest -n \d+$", README, re.MULTILINE)
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_numbers_of_the_table_of_peers_are_measurements() -> None:
    """Each number with a unit, and each count, stands in docs/performance.md."""
    performance = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    table = README.partition("## Beside its peers")[2].partition("\n## ")[0]
    cells = [
        cell.strip() for row in re.findall(r"^\|(.*)\|$", table, re.M) for cell in row.split("|")
    ]
    numbers = [cell for cell in cells if re.match(r"[\d,.]+( \S+)?$", cell)]
    assert len(numbers) >= 8
    assert [number for number in numbers if f" {number} " not in performance] == []
