"""Decks from the command line: check, import, explain, a page, annotations, and pytest."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from autograd_mini.cli.command import main

pytest_plugins = ["pytester"]

EXAMPLES = Path(__file__).parent / "examples"
SLIPS = str(EXAMPLES / "slips.md")
UNIT = str(EXAMPLES / "unit.md")


def test_check_prints_the_table_and_how_the_deck_was_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", SLIPS]) == 1
    out = capsys.readouterr().out
    assert "  15  0.25300   dy/dz                  0.2350037                      wrong" in out
    assert "given: t = 0.8, x = 1.5, w = 0.4, b = -0.1, eta = 0.2\n" in out
    assert out.endswith("5 formulas: 3 holds, 2 fails; wrong: lines 11, 15, 21\n")


def test_a_right_deck_has_status_0_and_one_that_is_not_understood_status_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", UNIT]) == 0
    assert main(["check", str(EXAMPLES / "general.md")]) == 2
    assert "the math of this deck was not understood" in capsys.readouterr().err
    assert main(["check", str(EXAMPLES / "typed.txt")]) == 1  # prose, and no LaTeX
    assert capsys.readouterr().out.endswith("wrong: line 10\n")


def test_the_rows_of_json_have_the_keys_of_a_deck(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", SLIPS, "--json"])
    rows = json.loads(capsys.readouterr().out)
    (row,) = [row for row in rows if row["verdict"] == "follows" and row["follows"]]
    assert row == {
        "file": SLIPS,
        "cell": None,
        "line": 17,
        "printed": "-0.04492",
        "claim": "dL/dz",
        "value": pytest.approx(-0.0417227),
        "verdict": "follows",
        "follows": [15],
        "slip": "",
        "suggestion": "from line 15",
        "read_as": "",
    }


def test_annotations_for_github_name_the_wrong_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", UNIT, SLIPS, "--output-format", "github"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1] == (
        f"::error file={SLIPS},line=15,title=autograd-mini::wrong: dy/dz -> 0.25300; "
        "exact: 0.2350037; two digits are swapped"
    )


def test_a_page_marks_what_is_wrong_and_explains_it(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert main(["check", SLIPS, "--html", str(page)]) == 1
    html = page.read_text(encoding="utf-8")
    assert "y (1 - y) = <mark>0.25300</mark>$$" in html
    assert "dy/dz = y (1 - y)" in html
    assert '<span class="right">holds</span><br><span class="wrong">wrong</span>' in html
    assert '<a href="#line-15">15</a>' in html
    assert "http" not in html.replace("http-equiv", "")


def test_a_deck_is_imported_explained_and_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.md"
    assert main(["import", UNIT, "-o", str(sheet)]) == 0
    assert main(["check", str(sheet)]) == 0
    assert main(["explain", UNIT, "dL/dw"]) == 0
    assert "dL/dw = dL/dy_hat . dy_hat/dz . dz/dw" in capsys.readouterr().out
    assert main(["page", UNIT, "-o", str(tmp_path / "page.html")]) == 0


def test_watch_checks_again_when_the_file_changes(tmp_path: Path) -> None:
    deck = tmp_path / "deck.md"
    deck.write_text("$x = 2$\n$$y = x^2 = 5$$\n")
    command = [sys.executable, "-m", "autograd_mini", "check", str(deck), "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("watching 1 file"):
                break
        time.sleep(0.01)  # so that the time of the file changes, too
        deck.write_text("$x = 2$\n$$y = x^2 = 4$$\n")
        for line in running.stdout:
            if line.endswith("nothing wrong\n"):
                break
        running.terminate()


def test_pytest_collects_one_item_for_each_claim(pytester: pytest.Pytester) -> None:
    pytester.makefile(".md", slides="$x = 2$\n$$y = x^2 = 5$$\n$$\\frac{dy}{dx} = 2 x = 4$$\n")
    pytester.makefile(".ini", pytest="[pytest]\nderivation_sheets = *.md\n")
    known = {entry.value for entry in entry_points(group="pytest11")}
    plugin = "autograd_mini.decks.plugin"  # not known to an installation from before it existed
    result = pytester.runpytest("-v", *([] if plugin in known else ["-p", plugin]))
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["slides.md:2: wrong", "*printed   5", "*exact     4.00"])
