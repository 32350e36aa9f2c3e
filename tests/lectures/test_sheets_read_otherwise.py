"""The claims of the lectures, judged by a second reader of sheets with 50 digits."""

from __future__ import annotations

from importlib.resources import files

import pytest
from lecture_networks import judge
from sheet_reader import Reading

from autograd_mini.checking.sheets.check import check_sheet

SHEETS = {
    path.name: path.read_text(encoding="utf-8")
    for path in (files("autograd_mini") / "lectures").iterdir()
    if path.name.endswith(".md")
}


@pytest.mark.parametrize("name", SHEETS)
def test_the_checker_and_a_second_reader_agree_on_every_claim(name: str) -> None:
    reading = Reading(SHEETS[name])
    results = list(check_sheet(SHEETS[name]))
    assert len(reading.claims) > 25
    for claim, result in zip(reading.claims, results):
        if claim.printed is None:
            assert result.claim.printed is None
            assert reading.holds(claim) == (result.verdict == "holds"), claim
        else:
            assert str(result.claim.printed) == claim.printed
            expected = judge(claim.printed, reading.number(claim.left, {}))
            neither = result.verdict in ("carried", "follows", "wrong")
            assert ("off" if neither else result.verdict) == expected, claim
