"""An answer of the playground: everything to show about a text, and the graph in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from autograd_mini.checking.sheets.markdown import SheetError
from autograd_mini.cli.reports import ReportRow
from autograd_mini.engine.value import Value
from autograd_mini.symbols.text import counted

Kind = Literal["sheet", "python", "deck"]

# How a claim is marked: as wrong, as an erratum, as one to look at, or, if it is right, not at all.
State = Literal["problem", "known", "hint", ""]


class Graph(NamedTuple):
    """A graph to show. learns: the leaves that training moves; None for those of usual names."""

    root: Value
    leaves: Sequence[Value]
    learns: Sequence[Value] | None


@dataclass
class Answer:
    """Everything to show about a text; `answer` says what each entry is."""

    status: str = ""
    problems: list[int] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    output: str = ""
    name: str = ""
    page: str | None = None
    why: list[dict[str, str]] = field(default_factory=list)
    broken: bool = False

    def as_data(self) -> dict[str, Any]:
        """The answer for JSON; its status counts the problems, if there are some."""
        problems = sorted(set(self.problems))
        status = self.status
        if problems:
            listed = ", ".join(map(str, problems[:10])) + (", ..." if len(problems) > 10 else "")
            lines = "line" if len(problems) == 1 else "lines"
            status = f"{counted(len(problems), 'problem')}: {lines} {listed}"
        return {**vars(self), "status": status, "problems": problems}

    def add_row(self, row: ReportRow, state: State) -> None:
        """Add a line to the table."""
        self.rows.append({
            "line": row.line, "claim": row.claim, "printed": row.printed, "exact": row.exact,
            "verdict": row.verdict, "remark": row.remark, "state": state,
        })  # fmt: skip
        if state == "problem":
            self.problems.append(row.line)

    def underline(self, line: int, columns: tuple[int, int], state: State, message: str) -> None:
        """Mark a part of a line. line: from 1; columns: from 0."""
        start, end = columns
        self.marks.append(
            {"line": line, "from": start, "to": end, "state": state, "message": message}
        )

    def add_error(
        self, line: int, columns: tuple[int, int], source: str, verdict: str, message: str
    ) -> None:
        """Show the error that ends the reading or the run of a text, at its place."""
        self.underline(line, columns, "problem", message)
        row = ReportRow("", "", line, source, columns, source, "", "", verdict, message, wrong=True)
        self.add_row(row, "problem")
        self.broken = True

    def add_unread(self, error: SheetError) -> None:
        """Show a line that cannot be read."""
        columns = error.column - 1, max(len(error.source), error.column)
        self.add_error(error.line, columns, error.source, "unread", error.message)
