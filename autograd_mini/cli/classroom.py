"""`autograd-mini assign` and `mark`: personal exercises for a class, and their marks."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd_mini.checking.sheets.markdown import CELL
from autograd_mini.classroom.assignment import assign, read_class
from autograd_mini.classroom.feedback import headline
from autograd_mini.classroom.handed_in import Class, mark_set
from autograd_mini.classroom.worksheet import printable_sheet
from autograd_mini.cli.arguments import Commands, add_command
from autograd_mini.cli.sources import find_source
from autograd_mini.drawing import draw
from autograd_mini.files import write_file
from autograd_mini.symbols.text import counted

ASSIGN_DESCRIPTION = """\
Writes a derivation sheet with personal numbers for every student of a class. The template is a
sheet that `check` passes. Every claim in it becomes a blank; a comment on a leaf gives the numbers
to choose from, and a comment on a claim gives its marks (1 without one):

  w = 0.40                # choose -0.9 to 0.9 by 0.05
  out = sigmoid(w*x)      -> 0.599    # 2 marks

The same seed and ID give the same numbers, whoever else is in the class.
"""

ASSIGN_EPILOG = """\
examples:
  autograd-mini assign exercise.md --for class.csv --seed 2026 -o set
  autograd-mini assign exercise.md --for 30 --seed 2026 -o set --pages

written into the folder:
  ID.md          the sheet of a student, with blanks
  key/ID.md      the same, filled in
  page/ID.html   with --pages: a page that asks for the values and gradients
  print/ID.html, print/key/ID.html    with --print: a worksheet for paper, and its key
  moodle.xml     with --moodle: a cloze question for every student
  template.md, set.json    the template, the seed and all numbers, which `mark` reads
"""

MARK_DESCRIPTION = """\
Marks what a class handed in, with errors carried forward: a number that follows correctly from a
wrong one earns its marks. The student is named by the first line of a sheet (`ID: s03`), by the
name of the file, or by the name of its folder.
"""

MARK_EPILOG = """\
example:
  autograd-mini mark set handed-in/

written into the folder of the set:
  marks.csv          a row for every student, a column for every blank
  summary.html       the marks, the usual slips, and the blanks where the class failed
  feedback/ID.md, feedback/ID.html    what to send to a student

exit status: 0 if all are marked, 1 if a person has to look at some, 2 if the set is broken
"""


def add_to(commands: Commands) -> None:
    """Add the subcommands."""
    assigning = add_command(
        commands,
        "assign",
        assign_sheets,
        "write personal exercises for a class",
        ASSIGN_DESCRIPTION,
        ASSIGN_EPILOG,
    )
    assigning.add_argument("template", metavar="TEMPLATE.md")
    assigning.add_argument(
        "--for",
        dest="students",
        required=True,
        metavar="CLASS",
        help="CSV file with the IDs in its first column, or the number of students",
    )
    assigning.add_argument(
        "--seed", required=True, help="any text, which the numbers are chosen by"
    )
    assigning.add_argument(
        "-o", "--output", required=True, metavar="FOLDER", help="folder of the set"
    )
    assigning.add_argument(
        "--pages", action="store_true", help="also write a page with a quiz for every student"
    )
    assigning.add_argument(
        "--print", action="store_true", help="also write worksheets to print, and their keys"
    )
    assigning.add_argument(
        "--moodle", action="store_true", help="also write moodle.xml, a question for every student"
    )
    marking = add_command(
        commands, "mark", mark_sheets, "mark what a class handed in", MARK_DESCRIPTION, MARK_EPILOG
    )
    marking.add_argument("set", metavar="SET", help="folder that `assign` has written")
    marking.add_argument("handed_in", metavar="FILE", nargs="+", help="sheets, or folders of them")
    marking.add_argument("--json", action="store_true", help="write a list of JSON objects")


def assign_sheets(options: argparse.Namespace) -> None:
    """Write a set and print how well its numbers tell slips apart."""
    students = read_class(options.students)
    progress = _progress(len(students))
    assigned = assign(
        options.template, students, options.seed, options.output, progress, options.moodle
    )
    if options.pages or options.print:
        for done, student in enumerate(students, start=1):
            _write_pages(assigned.folder, student, options)
            progress(done)
    print(assigned.summary)


def _write_pages(folder: Path, student: str, options: argparse.Namespace) -> None:
    """Write the pages of one student: a quiz, a worksheet and its key."""
    key = folder / "key" / f"{student}.md"
    value = find_source(str(key)).value
    name = f"{student}.html"
    if options.pages:
        (folder / "page").mkdir(exist_ok=True)
        draw(value, quiz=("values", "gradients")).save(folder / "page" / name)
    if options.print:
        (folder / "print" / "key").mkdir(parents=True, exist_ok=True)
        picture = draw(value).page.blank_svg()
        for path, source in (
            (folder / "print" / name, folder / f"{student}.md"),
            (folder / "print" / "key" / name, key),
        ):
            text = source.read_text(encoding="utf-8")
            write_file(path, printable_sheet(text, student, picture))


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


def _progress(count: int) -> Callable[[int], None]:
    """Shows on a terminal how many students are done."""

    def show(done: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == count else ""
            print(f"\r{done} of {count} students", end=end, file=sys.stderr, flush=True)

    return show
