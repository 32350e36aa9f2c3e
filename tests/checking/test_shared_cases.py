"""Sheets of readers, kept beside the project: each says in itself what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd_mini.checking import check_sheet

CASES = next(
    (
        folder / "shared" / "cases"
        for folder in Path(__file__).resolve().parents
        if (folder / "shared" / "cases").is_dir()
    ),
    None,
)
pytestmark = pytest.mark.skipif(CASES is None, reason="the folder shared/cases is not there")

VERDICTS = {
    "g08_number_after_equals": ["rounds"],
    "g09_fraction": ["rounds"],
    "g10_second_equals": ["rounds"],
    "g11_softmax_call": ["rounds"],
    "g12_sum_call": ["rounds"],
    "g13_square_call": ["rounds"],
    "g14_euler": ["rounds"],
    "g16_name_collision": ["rounds", "rounds"],
    "g18_second_derivative": ["rounds"],
}


@pytest.mark.parametrize("name", VERDICTS)
def test_a_right_sheet_is_right_however_it_is_written(name: str) -> None:
    assert CASES is not None
    report = check_sheet(CASES / f"{name}.md")
    assert [result.verdict for result in report] == VERDICTS[name]


def test_exchanged_gradients_of_a_course_are_found() -> None:
    assert CASES is not None
    report = check_sheet(CASES / "g01_course_notation.md")
    formulas = [result for result in report if result.claim.printed is None]
    assert [(result.verdict, result.claim.reading) for result in formulas] == [
        ("holds", "read as dL/dz"),
        ("fails", "read as dL/dw"),
        ("fails", "read as dL/db"),
    ]


def test_a_prediction_that_an_exercise_states_is_a_given_value() -> None:
    assert CASES is not None
    text = (CASES / "g17_given_value.md").read_text(encoding="utf-8")
    stated = text.replace("yp = 0.6", "yp = sigmoid(W*x)\ngiven yp = 0.6")
    assert [result.verdict for result in check_sheet(stated)] == ["holds", "rounds"]
    as_it_is = check_sheet(text)
    assert not as_it_is
    assert "given" in as_it_is[0].remark
