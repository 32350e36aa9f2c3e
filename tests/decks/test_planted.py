"""Slips planted in decks by a seeded choice: how many are reported in their own line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from planted import planted

from autograd_mini.checking.sheets.markdown import SheetError
from autograd_mini.decks.report import check_deck_text

HERE = Path(__file__).parent
RAW_DECKS = next(
    (folder / "shared" / "decks" for folder in HERE.parents if (folder / "shared/decks").is_dir()),
    HERE / "shared" / "decks",
)


def wrong(text: str, file: str) -> set[tuple[int, str, str]]:
    """The line, the claim and the digits of all that is wrong; nothing if a deck is declined."""
    try:
        report = check_deck_text(text, file)
    except SheetError:
        return set()
    return {(finding.line, finding.claim, finding.printed) for finding in report.unexpected}


def counts(paths: Iterable[Path], number: int) -> tuple[int, int, int]:
    """The slips planted, those reported in their line, and the other lines that are reported."""
    slips = found = alarms = 0
    for path in paths:
        before = wrong(path.read_text(encoding="utf-8"), path.name)
        known = {line for line, *_ in before}
        for slip in planted(path, number):
            lines = {line for line, *_ in wrong(slip.text, path.name) - before}
            slips += 1
            found += slip.line in lines
            alarms += len(lines - known - {slip.line})
    return slips, found, alarms


def test_planted_slips_of_own_decks_are_found_in_their_lines() -> None:
    names = ("beamer.tex", "slides.md", "slips.md", "two_exercises.md", "typed.txt", "unit.md")
    slips, found, alarms = counts([HERE / "examples" / name for name in names], 8)
    assert slips == 39
    assert found >= 0.75 * slips
    assert alarms <= 0.1 * slips


@pytest.mark.long
@pytest.mark.skipif(not RAW_DECKS.is_dir(), reason="the raw decks are not beside the checkout")
def test_planted_slips_of_the_raw_decks_are_found_in_their_lines() -> None:
    slips, found, alarms = counts(sorted(RAW_DECKS.glob("*.txt")), 24)
    assert slips == 120
    assert found >= 0.75 * slips
    assert alarms <= 0.1 * slips
