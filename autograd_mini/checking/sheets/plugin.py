"""The pytest plugin: derivation sheets as tests, one for each claim, and the fixture `gradcheck`.

In pyproject.toml, globs of the sheets from the root of the project:

    [tool.pytest]
    derivation_sheets = ["docs/*.md", "lectures/**/*.md"]

A Markdown file or notebook that the command line names is checked without that: `pytest
homework.md`. With `derivation_answers = false`, failures do not show the right numbers.

Every run of pytest loads this module where autograd_mini is installed. So the modules that check
are imported late, by runs that have sheets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograd_mini.checking.gradients.gradcheck import GradientReport
    from autograd_mini.checking.sheets.markdown import SheetError
    from autograd_mini.checking.sheets.report import Result
    from autograd_mini.checking.sheets.statements import Claim

OPTION = "derivation_sheets"
ANSWERS = "derivation_answers"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        OPTION,
        "globs of Markdown files, from the root of the project, whose derivations are checked; "
        "** stands for any folders",
        type="linelist",
        default=[],
    )
    parser.addini(
        ANSWERS,
        "whether failures show the exact value and the digits that were expected (default: true)",
        type="bool",
        default=True,
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    named = file_path.suffix in (".md", ".ipynb") and parent.session.isinitpath(file_path)
    if named or is_listed(file_path, parent.config):
        return SheetFile.from_parent(parent, path=file_path)
    return None


def is_listed(path: Path, config: pytest.Config) -> bool:
    """True if the option names a file."""
    if not path.is_relative_to(config.rootpath):
        return False
    parts = path.relative_to(config.rootpath).parts
    return any(matches(parts, glob.split("/")) for glob in config.getini(OPTION))


@pytest.fixture
def gradcheck() -> Callable[..., GradientReport]:
    """autograd_mini.checking.gradcheck: derivatives against differences."""
    from autograd_mini.checking.gradients.gradcheck import gradcheck

    return gradcheck


class SheetFile(pytest.File):
    """A derivation sheet. Its statements build on one another: they are executed once, in order,
    as far as the claims that are asked for."""

    def collect(self) -> Iterable[pytest.Item]:
        from autograd_mini.checking.sheets.language import parse_lines
        from autograd_mini.checking.sheets.markdown import SheetError, derivation_lines, read_sheet
        from autograd_mini.checking.sheets.sheet import Sheet

        inside = self.path.is_relative_to(self.config.rootpath)
        file = str(self.path.relative_to(self.config.rootpath) if inside else self.path)
        try:
            statements = parse_lines(derivation_lines(read_sheet(self.path), file))
        except SheetError as error:
            yield BrokenSheet.from_parent(self, name="sheet", error=error)
            return
        self._sheet = Sheet()
        self._statements = statements
        self._results: list[list[Result]] = []
        for number, statement in enumerate(statements):
            for position, claim in enumerate(statement.claims):
                yield ClaimItem.from_parent(
                    self, name=title(claim), claim=claim, statement=number, position=position
                )

    def result(self, statement: int, position: int) -> Result:
        """The verdict on a claim, given by the numbers of its statement and in it."""
        while len(self._results) <= statement:
            self._results.append(self._sheet.results(self._statements[len(self._results)]))
        return self._results[statement][position]


class BrokenSheet(pytest.Item):
    """A sheet that cannot be read at all."""

    def __init__(self, *, error: SheetError, **options: Any) -> None:
        super().__init__(**options)
        self.error = error

    def runtest(self) -> None:
        raise self.error

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        return self.path, self.error.line - 1, self.name


class ClaimFailed(Exception):
    """A claim is wrong or unread, or an erratum is right."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


class ClaimItem(pytest.Item):
    """One claim of a sheet."""

    def __init__(self, *, claim: Claim, statement: int, position: int, **options: Any) -> None:
        super().__init__(**options)
        self.claim = claim
        self.statement = statement
        self.position = position

    def runtest(self) -> None:
        assert isinstance(self.parent, SheetFile)
        result = self.parent.result(self.statement, self.position)
        if result.verdict == "missing":
            pytest.skip("the claim is left blank")
        if result.unexpected:
            raise ClaimFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, ClaimFailed):
            return "\n".join(failure(excinfo.value.result, self.config.getini(ANSWERS)))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        return self.path, self.claim.line.number - 1, self.name


def title(claim: Claim) -> str:
    """31: dE/dw5 -> 0.0822"""
    printed = "" if claim.printed is None else f" -> {claim.printed}"
    return f"{claim.line.place}: {claim.text}{' ->' if claim.missing else printed}"


def failure(result: Result, answers: bool) -> Iterator[str]:
    """The failure of a claim, told to its author; without `answers`, no exact value."""
    line = result.claim.line
    if result.error is not None:
        yield str(result.error)
        return
    yield f"{line.file}:{line.place}: {result.verdict}"
    yield f"    {line.text.strip()}"
    if result.claim.printed is not None:
        yield f"printed   {result.claim.printed}"
    if answers:
        is_number = result.claim.printed is not None
        yield (
            f"exact     {result.exact}"
            if is_number
            else (f"at this point the left side is {result.exact}")
        )
    remark = result.remark if answers else result.hint
    if remark:
        yield remark


def matches(parts: Sequence[str], glob: Sequence[str]) -> bool:
    """True if a path, folder by folder, is one of those that a glob describes."""
    if not glob:
        return not parts
    if glob[0] == "**":
        return any(matches(parts[start:], glob[1:]) for start in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], glob[0]) and matches(parts[1:], glob[1:])
