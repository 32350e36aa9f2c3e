"""The notebooks of the how-to give points in nbgrader and Otter as their cells say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"


def cells(name: str) -> list[dict[str, Any]]:
    notebook: dict[str, Any] = json.loads((HOW_TO / name).read_text("utf-8"))
    return [{**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]]


def points_of_nbgrader(answers: dict[str, tuple[str, str]]) -> dict[str, int]:
    """The points of every autograded cell. answers: old and new text, by the cell's grade_id."""
    names: dict[str, Any] = {}
    points = {}
    for cell in cells("nbgrader.ipynb"):
        if cell["cell_type"] != "code":
            continue
        grading = cell["metadata"]["nbgrader"]
        source = cell["source"].replace(*answers.get(grading["grade_id"], ("", "")))
        try:
            exec(source, names)
            earned = grading.get("points", 0)
        except AssertionError:
            earned = 0
        if grading["grade"]:
            points[grading["grade_id"]] = earned
    return points


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({}, [2, 1, 3]),
        ({"answer-1": ("*(1 - y)", "")}, [0, 1, 3]),
        ({"answer-1": ("-0.2376", "0.2376")}, [2, 0, 3]),
        ({"answer-2": ("-0.1188", "-0.1881")}, [2, 1, 0]),
        ({"answer-2": ("dE/dn            -> -0.1188\n", "")}, [2, 1, 0]),
    ],
    ids=["right", "formula", "number", "sheet", "line left out"],
)
def test_autograded_cells_of_nbgrader_give_points_to_right_answers_only(
    answers: dict[str, tuple[str, str]], points: list[int]
) -> None:
    assert list(points_of_nbgrader(answers).values()) == points


@pytest.mark.parametrize(
    ("change", "passed"),
    [
        (("", ""), ["test_formula", "test_number", "test_sheet"]),
        (("*(1 - y)", ""), ["test_number", "test_sheet"]),
        (("-> -0.1188", "-> 0.1188"), ["test_formula", "test_number"]),
    ],
    ids=["right", "formula", "sheet"],
)
def test_tests_of_otter_pass_for_right_answers_only(
    change: tuple[str, str], passed: list[str]
) -> None:
    names: dict[str, Any] = {}
    tests = []
    for cell in cells("otter.ipynb"):
        if cell["cell_type"] == "code":
            exec(cell["source"].replace(*change), names)
            tests += [name for name in names if name.startswith("test_") and name not in tests]
    found = []
    for test in tests:
        code = names[test].__code__
        try:
            names[test](*(names[name] for name in code.co_varnames[: code.co_argcount]))
            found.append(test)
        except AssertionError:
            pass
    assert found == passed
