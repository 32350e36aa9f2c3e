"""What the README says is so."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_examples_give_what_it_prints(tmp_path: Path) -> None:
    # In a process of its own: the examples add to the table and write files.
    done = subprocess.run(
        [sys.executable, "-m", "doctest", ROOT / "README.md"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout + done.stderr == ""
    assert [path.name for path in tmp_path.iterdir()] == ["two_two_two.svg"]


def test_ci_runs_its_test_command() -> None:
    (command,) = re.findall(r"^.*/pytest -n \d+$", README, re.MULTILINE)
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_every_file_that_it_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    for link in links:
        assert link.startswith("https://") or (ROOT / link).exists(), link
