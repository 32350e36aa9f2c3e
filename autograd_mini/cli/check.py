"""`autograd-mini check`: the verdict on each line of a derivation sheet or of a deck."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from autograd_mini.checking.sheets.check import NOT_A_SHEET, NothingToCheck, check_text
from autograd_mini.checking.sheets.markdown import NOTEBOOK, SheetError, is_bare, visible_files
from autograd_mini.checking.sheets.report import Report, total
from autograd_mini.cli.arguments import CommandError, Commands, add_command
from autograd_mini.cli.reports import github_commands, page
from autograd_mini.cli.sources import read_text
from autograd_mini.decks.report import DeckReport, check_deck_text, has_equations
from autograd_mini.files import write_file
from autograd_mini.symbols.text import counted

DESCRIPTION = """\
Checks every number and every formula in the blocks of Markdown files that are marked `derivation`,
and in those of Jupyter notebooks. A file without such blocks is a deck: the numbers and formulas of
its LaTeX math are checked as far as they are understood. A text without either is a derivation: its
lines with = or -> are checked. FILE may be a folder, and a shipped lecture, given by any part of
its name. Of one file every claim is shown, of several the summary of each.
"""

EPILOG = """\
for example:

  ```derivation
  w = 0.5
  x = 2
  y = tanh(w*x)            -> 0.76159     # a value, and the number printed for it
  dy/dw                    -> 0.83995     # a derivative
  dy/dw = (1 - y**2) * x                  # a formula for it
  dy/dw = (1 - y) * x                     # erratum: a line that is known to be wrong
  ```

the verdicts:
  rounds, truncates    the number is right in every digit
  carried              it was computed from the rounded numbers before it
  follows              it was computed from wrong numbers before it
  holds                the formula is right
  wrong, fails         the number or the formula is wrong
  missing              the line is left blank: `dy/dw ->` or `dy/dw -> ?`
  unread               the line cannot be read, and the message says why
  given, declined      in a deck: other numbers are computed from it; it is not understood

exit status: 0 if nothing is wrong but errata, 1 if something is, 2 if a line or a file is unread
"""

# The seconds between two looks at a watched file.
PAUSE = 0.3
# The files of a folder that may be sheets.
SUFFIXES = (".md", ".markdown", ".tex", NOTEBOOK)


def add_check(commands: Commands) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "check", check, "check a derivation", DESCRIPTION, EPILOG)
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("--json", action="store_true", help="write a list of JSON objects")
    parser.add_argument(
        "--output-format",
        choices=["text", "github"],
        default="text",
        help="github annotates the wrong lines of a pull request (default: text)",
    )
    parser.add_argument(
        "--html", metavar="PAGE", help="write the lines of one file with their verdicts as a page"
    )
    parser.add_argument("--watch", action="store_true", help="check again whenever a file changes")
    parser.add_argument(
        "--no-answers",
        action="store_true",
        help="leave out the exact values and the digits that were expected",
    )


def check(options: argparse.Namespace) -> int:
    """Check sheets and decks, once or whenever one of them changes."""
    if options.watch:
        return watch(
            lambda: [file.name for file in files_of(options.files)], lambda: check_once(options)
        )
    return check_once(options)


def check_once(options: argparse.Namespace) -> int:
    """Check sheets and decks, print their verdicts, and return the exit status of the worst."""
    reports, status = reports_on(options.files)
    if options.html is not None:
        if len(reports) != 1:
            raise CommandError(f"--html takes one file that can be checked, got {len(reports)}")
        write_file(options.html, page(reports[0]))
    for text in verdicts(reports, options):
        print(text)
    if not reports and status == 0 and options.output_format == "text" and not options.json:
        raise CommandError(f"there is no sheet in {', '.join(options.files)}; {NOT_A_SHEET}")
    return status


def reports_on(names: Sequence[str]) -> tuple[list[Report | DeckReport], int]:
    """The reports on files and folders, and the exit status of the worst; errors are printed."""
    reports: list[Report | DeckReport] = []
    errors: list[object] = []
    for file in files_of(names):
        try:
            text, path = read_text(file.name)
            if file.from_folder and is_bare(text, path):
                continue  # a note, a licence, a table of numbers
            report = report_of(text, path)
        except NothingToCheck as error:
            errors += [] if file.from_folder else [error]
        except (CommandError, SheetError, OSError) as error:
            errors.append(error)
        else:
            reports.append(report)
            if isinstance(report, Report):
                errors += [result.error for result in report.results if result.verdict == "unread"]
    for each in errors:
        print(f"autograd-mini: {each}", file=sys.stderr)
    return reports, 2 if errors else 0 if all(report.passed for report in reports) else 1


def verdicts(reports: Sequence[Report | DeckReport], options: argparse.Namespace) -> Iterator[str]:
    """The verdicts in the form that the options ask for."""
    answers = not options.no_answers
    if options.output_format == "github":
        for report in reports:
            yield from github_commands(report, answers)
    elif options.json:
        yield json.dumps([each.as_data(answers) for report in reports for each in report], indent=2)
    elif len(options.files) == 1 and len(reports) == 1 and not os.path.isdir(options.files[0]):
        yield reports[0].text(answers)
    elif reports:
        yield from (report.summary for report in reports)
        sheets = [report for report in reports if isinstance(report, Report)]
        yield from [total(sheets)] * bool(sheets)


class FileToCheck(NamedTuple):
    """A file to check; from_folder: whether it was found in a folder, and need not be a sheet."""

    name: str
    from_folder: bool


def files_of(names: Sequence[str]) -> Iterator[FileToCheck]:
    """The files that the arguments name, and those in the folders among them, by name."""
    for name in names:
        if not os.path.isdir(name):
            yield FileToCheck(name, from_folder=False)
            continue
        for path in visible_files(Path(name)):
            if path.suffix in SUFFIXES:
                yield FileToCheck(str(path), from_folder=True)


def report_of(text: str, file: str) -> Report | DeckReport:
    """The report on a sheet, or on a deck: a text without blocks that has LaTeX or prose in it.

    Raises: NothingToCheck for a text that is neither; SheetError for one that is broken.
    """
    sheet: Report | None = None
    try:
        sheet = check_text(text, file)
    except NothingToCheck:
        if not has_equations(text, file):
            raise
    if sheet is not None:
        is_unread = any(result.verdict == "unread" for result in sheet)
        if not (is_unread and is_bare(text, file) and has_equations(text, file)):
            return sheet
    try:
        return check_deck_text(text, file)
    except NothingToCheck:
        if sheet is None:
            raise
        return sheet


def watch(files: Callable[[], Iterable[str]], check: Callable[[], int]) -> int:
    """Check now, and again whenever one of the files changes, until the user interrupts.

    Returns the status of the last check.
    """
    while True:
        before = _times(files())
        status = check()
        print(f"watching {counted(len(before), 'file')}; Ctrl-C ends", flush=True)
        try:
            while _times(files()) == before:
                time.sleep(PAUSE)
        except KeyboardInterrupt:
            return status
        print(flush=True)


def _times(files: Iterable[str]) -> dict[str, int]:
    times = {}
    for file in files:
        with suppress(OSError):
            times[file] = Path(file).stat().st_mtime_ns
    return times
