"""`autograd-mini mark`: what a class handed in, with errors carried forward."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from autograd_mini.checking.sheets.markdown import CELL
from autograd_mini.classroom.feedback import headline
from autograd_mini.classroom.handed_in import Class, mark_set
from autograd_mini.cli.arguments import Commands, add_command
from autograd_mini.symbols.text import counted

DESCRIPTION = """\
Marks what a class handed in, with errors carried forward: a number that follows correctly from a
wrong one earns its marks. The student is named by the first line of a sheet (`ID: s03`), by the
name of the file, or by the name of its folder.
"""

EPILOG = """\
example:
  autograd-mini mark set handed-in/

written into the folder of the set:
  marks.csv          a row for every student, a column for every blank
  summary.html       the marks, the usual slips, and the blanks where the class failed
  feedback/ID.md, feedback/ID.html    what to send to a student

exit status: 0 if all are marked, 1 if a person has to look at some, 2 if the set is broken
"""


def add_mark(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(
        commands, "mark", mark_sheets, "mark what a class handed in", DESCRIPTION, EPILOG
    )
    parser.add_argument("set", metavar="SET", help="folder that `assign` has written")
    parser.add_argument("handed_in", metavar="FILE", nargs="+", help="sheets, or folders of them")
    parser.add_argument("--json", action="store_true", help="write a list of JSON objects")


def mark_sheets(options: argparse.Namespace) -> int:
    """Mark a set and print a line for every student."""
    marked = mark_set(options.set, options.handed_in)
    if options.json:
        print(json.dumps(as_data(marked), indent=2, ensure_ascii=False))
    else:
        for paper in marked.papers:
            print(headline(paper) + (f"; for a person: {paper.person}" if paper.person else ""))
        print(_summary(marked, options.set))
    for path in marked.unknown:
        print(f"autograd-mini: {path} names no student of the set", file=sys.stderr)
    return 1 if marked.for_a_person or marked.unknown else 0


def _summary(marked: Class, folder: str) -> str:
    waiting = len(marked.for_a_person)
    absent = f", {len(marked.absent)} without a sheet" if marked.absent else ""
    sheets = counted(len(marked.papers), "sheet")
    return f"{sheets}, {waiting} for a person{absent}; see {folder}/marks.csv and summary.html"


def as_data(marked: Class) -> list[dict[str, Any]]:
    """For JSON: every paper with its marks."""
    return [
        {
            "id": paper.student,
            "marks": paper.earned,
            "of": paper.most,
            "person": paper.person,
            "blanks": [
                {
                    "blank": mark.blank.text,
                    "line": mark.place if mark.line > CELL else mark.line,
                    "printed": mark.written,
                    "verdict": mark.verdict,
                    "marks": mark.earned,
                    "of": mark.blank.marks,
                    "slip": mark.slip,
                    "suggestion": mark.remark,
                }
                for mark in paper.marks
            ],
        }
        for paper in marked.papers
    ]
