"""`autograd-mini assign`: a derivation sheet with personal numbers for every student."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from autograd_mini.classroom.assignment import assign, read_class
from autograd_mini.classroom.worksheet import printable_sheet
from autograd_mini.cli.arguments import Commands, add_command
from autograd_mini.cli.sources import find_source
from autograd_mini.drawing import draw
from autograd_mini.files import write_file

DESCRIPTION = """\
Writes a derivation sheet with personal numbers for every student of a class. The template is a
sheet that `check` passes. Every claim in it becomes a blank; a comment on a leaf gives the numbers
to choose from, and a comment on a claim gives its marks (1 without one):

  w = 0.40                # choose -0.9 to 0.9 by 0.05
  out = sigmoid(w*x)      -> 0.599    # 2 marks

The same seed and ID give the same numbers, whoever else is in the class.
"""

EPILOG = """\
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


def add_assign(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(
        commands,
        "assign",
        assign_sheets,
        "write personal exercises for a class",
        DESCRIPTION,
        EPILOG,
    )
    parser.add_argument("template", metavar="TEMPLATE.md")
    parser.add_argument(
        "--for",
        dest="students",
        required=True,
        metavar="CLASS",
        help="CSV file with a column of IDs or names, or the number of students",
    )
    parser.add_argument("--seed", required=True, help="any text, which the numbers are chosen by")
    parser.add_argument("-o", "--output", required=True, metavar="FOLDER", help="folder of the set")
    parser.add_argument(
        "--pages", action="store_true", help="also write a page with a quiz for every student"
    )
    parser.add_argument(
        "--print", action="store_true", help="also write worksheets to print, and their keys"
    )
    parser.add_argument(
        "--moodle", action="store_true", help="also write moodle.xml, a question for every student"
    )


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


def _progress(count: int) -> Callable[[int], None]:
    """Shows on a terminal how many students are done."""

    def show(done: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == count else ""
            print(f"\r{done} of {count} students", end=end, file=sys.stderr, flush=True)

    return show
