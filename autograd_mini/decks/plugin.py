"""The pytest plugin for decks: a lecturer's own source as tests, one for each claim.

The globs of `derivation_sheets` name decks, too: a file without a block marked `derivation`, but
with equations. So does the command line: `pytest slides.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograd_mini.decks.findings import Finding

OPTION = "derivation_sheets"
BLOCK = re.compile(r"(?:`{3,}|~{3,})[ \t]*derivation\b")
SUFFIXES = (".md", ".ipynb", ".tex", ".txt")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    from autograd_mini.checking.sheets.plugin import is_listed

    try:
        parent.config.getini(OPTION)
    except (KeyError, ValueError):  # the plugin of sheets, whose option it is, is switched off
        return None
    named = file_path.suffix in SUFFIXES and parent.session.isinitpath(file_path)
    if named or is_listed(file_path, parent.config):
        return DeckFile.from_parent(parent, path=file_path)
    return None


class DeckFile(pytest.File):
    """A deck; a sheet, and a text without equations, has no items here."""

    def collect(self) -> Iterable[pytest.Item]:
        from autograd_mini.checking.sheets.markdown import SheetError, read_sheet
        from autograd_mini.decks.report import check_deck_text, has_equations

        inside = self.path.is_relative_to(self.config.rootpath)
        file = str(self.path.relative_to(self.config.rootpath) if inside else self.path)
        try:
            text = read_sheet(self.path)
            if BLOCK.search(text) or not has_equations(text, file):
                return
            findings = check_deck_text(text, file).shown
        except SheetError as error:
            raise self.CollectError(str(error)) from None
        for finding in findings:
            printed = f" -> {finding.printed}" if finding.printed else ""
            name = f"{finding.side.line.place}: {finding.claim}{printed}"
            yield DeckItem.from_parent(self, name=name, finding=finding)


class DeckClaimFailed(Exception):
    """A claim of a deck is wrong."""


class DeckItem(pytest.Item):
    """One claim of a deck."""

    def __init__(self, *, finding: Finding, **options: Any) -> None:
        super().__init__(**options)
        self.finding = finding

    def runtest(self) -> None:
        if self.finding.verdict in ("given", "declined"):
            pytest.skip(self.finding.suggestion or "other numbers are computed from it")
        if self.finding.is_wrong:
            raise DeckClaimFailed

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if not isinstance(excinfo.value, DeckClaimFailed):
            return super().repr_failure(excinfo, style)
        line = self.finding.side.line
        lines = [f"{line.file}:{line.place}: {self.finding.verdict}", f"    {line.text.strip()}"]
        if self.finding.printed:
            lines.append(f"printed   {self.finding.printed}")
        if self.config.getini("derivation_answers"):
            lines += [f"exact     {self.finding.exact}", self.finding.suggestion]
        else:
            lines.append(self.finding.hint)
        return "\n".join(filter(None, lines))

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        return self.path, self.finding.line - 1, self.name
