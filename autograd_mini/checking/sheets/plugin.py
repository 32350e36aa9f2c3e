"""The pytest plugin: derivation sheets as tests, one for each claim, and the fixture `gradcheck`.

In pyproject.toml, globs of the sheets from the root of the project:

    [tool.pytest]
    derivation_sheets = ["docs/*.md", "lectures/**/*.md"]

A Markdown file that the command line names is one without that: `pytest homework.md`.

Loaded by every run of pytest where autograd_mini is installed; so what checks is imported only by
those that have sheets.
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
    from autograd_mini.checking.sheets.language import Claim
    from autograd_mini.checking.sheets.markdown import SheetError
    from autograd_mini.checking.sheets.report import Result

OPTION = "derivation_sheets"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        OPTION,
        "globs of Markdown files, from the root of the project, whose derivations are checked; "
        "** stands for any folders",
        type="linelist",
        default=[],
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    named = file_path.suffix == ".md" and parent.session.isinitpath(file_path)
    if named or _is_listed(file_path, parent.config):
        return SheetFile.from_parent(parent, path=file_path)
    return None


def _is_listed(path: Path, config: pytest.Config) -> bool:
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
        from autograd_mini.checking.sheets.markdown import SheetError, read_sheet
        from autograd_mini.checking.sheets.sheet import Sheet, parse_text

        inside = self.path.is_relative_to(self.config.rootpath)
        file = str(self.path.relative_to(self.config.rootpath) if inside else self.path)
        try:
            statements = parse_text(read_sheet(self.path), file)
        except SheetError as error:
            raise self.CollectError(str(error)) from None
        self._checking = Sheet().check(statements)
        self._results: list[Result] = []
        self._broken: SheetError | None = None
        claims = [claim for statement in statements for claim in statement.claims]
        for index, claim in enumerate(claims):
            yield ClaimItem.from_parent(self, name=title(claim), index=index, claim=claim)

    def result(self, index: int) -> Result:
        """What became of a claim.

        Raises: SheetError if the sheet breaks before it.
        """
        from autograd_mini.checking.sheets.markdown import SheetError

        while len(self._results) <= index:
            if self._broken is not None:
                raise self._broken
            try:
                self._results.append(next(self._checking))
            except SheetError as error:
                self._broken = error
        return self._results[index]


class ClaimFailed(Exception):
    """A claim is wrong, or an erratum is right."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


class ClaimItem(pytest.Item):
    """One claim of a sheet."""

    def __init__(self, *, index: int, claim: Claim, **options: Any) -> None:
        super().__init__(**options)
        self.index = index
        self.claim = claim

    def runtest(self) -> None:
        assert isinstance(self.parent, SheetFile)
        result = self.parent.result(self.index)
        if result.unexpected:
            raise ClaimFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from autograd_mini.checking.sheets.markdown import SheetError

        if isinstance(excinfo.value, ClaimFailed):
            return "\n".join(failure(excinfo.value.result))
        if isinstance(excinfo.value, SheetError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        return self.path, self.claim.line.number - 1, self.name


def title(claim: Claim) -> str:
    """31: dE/dw5 -> 0.0822"""
    printed = "" if claim.printed is None else f" -> {claim.printed}"
    return f"{claim.line.number}: {claim.text}{printed}"


def failure(result: Result) -> Iterator[str]:
    """What is wrong with a claim, for the one who wrote it."""
    line = result.claim.line
    yield f"{line.file}:{line.number}: {result.verdict}"
    yield f"    {line.text.strip()}"
    if result.claim.printed is not None:
        yield f"printed   {result.claim.printed}"
        yield f"exact     {result.exact}"
    else:
        yield f"at this point the left side is {result.exact}"
    if result.remark:
        yield result.remark


def matches(parts: Sequence[str], glob: Sequence[str]) -> bool:
    """Whether a path, folder by folder, is one of those that a glob describes."""
    if not glob:
        return not parts
    if glob[0] == "**":
        return any(matches(parts[start:], glob[1:]) for start in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], glob[0]) and matches(parts[1:], glob[1:])
