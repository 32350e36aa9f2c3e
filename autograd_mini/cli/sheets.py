"""`autograd-mini check` and `lectures`: derivation sheets, yours and those shipped."""

from __future__ import annotations

import argparse
import json
import sys

from autograd_mini.checking.sheets.markdown import SheetError
from autograd_mini.checking.sheets.sheet import check_text
from autograd_mini.cli.arguments import CommandError, Commands, add_command
from autograd_mini.cli.sources import read_text
from autograd_mini.lectures import lectures

CHECK_DESCRIPTION = """\
Checks every number and every formula in the blocks of Markdown files that are marked `derivation`.
A file may be a shipped lecture, given by any part of its name.
"""

CHECK_EPILOG = """\
for example:

  ```derivation
  w = 0.5
  x = 2
  y = tanh(w*x)            -> 0.76159     a value, and what is printed
  dy/dw                    -> 0.83995     a derivative
  dy/dw = (1 - y**2) * x                  a formula for it
  dy/dw = (1 - y) * x                     # erratum: a line that is known to be wrong
  ```

the verdicts:
  rounds, truncates    the number is right in every digit
  carried              it was computed from the rounded numbers before it
  wrong, fails         it is none of these; the formula is another one

exit status: 0 if nothing is wrong but errata, 1 if something is, 2 for a sheet that is broken
"""


def add_to(commands: Commands) -> None:
    """Add the subcommands."""
    checking = add_command(
        commands, "check", check, "check a derivation", CHECK_DESCRIPTION, CHECK_EPILOG
    )
    checking.add_argument("files", metavar="FILE", nargs="+")
    checking.add_argument("--json", action="store_true", help="write a list of JSON objects")
    summary = "list the lectures that are shipped"
    add_command(commands, "lectures", list_lectures, summary, f"{summary.capitalize()}.", "")


def check(options: argparse.Namespace) -> int:
    """Check sheets, and tell what became of them; the exit status is that of the worst."""
    status = 0
    data = []
    tables = []
    for name in options.files:
        try:
            report = check_text(*read_text(name))
        except (CommandError, SheetError, OSError) as error:
            print(f"autograd-mini: {error}", file=sys.stderr)
            status = 2
            continue
        data += [result.as_data() for result in report]
        tables.append(str(report))
        status = max(status, 0 if report.passed else 1)
    if options.json:
        print(json.dumps(data, indent=2))
    elif tables:
        print("\n\n".join(tables))
    return status


def list_lectures(options: argparse.Namespace) -> None:
    """A line for each lecture: its name and its title."""
    known = lectures()
    width = max((len(lecture.name) for lecture in known), default=0)
    for lecture in known:
        print(f"{lecture.name:{width}}  {lecture.title}")
