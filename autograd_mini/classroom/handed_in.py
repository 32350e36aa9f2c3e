"""mark_set: mark what a class handed in, and write the marks and the feedback.

Beside the set appear marks.csv, summary.html, and feedback/ID.md and .html for every student.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from autograd_mini.checking.sheets.markdown import (
    NOTEBOOK,
    SheetError,
    encoding_of,
    markdown_cells,
    read_sheet,
    visible_files,
)
from autograd_mini.classroom.assignment import TEMPLATE, SetError, read_index
from autograd_mini.classroom.feedback import (
    feedback_html,
    feedback_markdown,
    marks_csv,
    summary_html,
)
from autograd_mini.classroom.mark import Paper, for_a_person, mark_paper
from autograd_mini.classroom.template import Template
from autograd_mini.files import write_file

SHEETS = (".md", ".markdown", ".txt", ".ipynb")
FIRST_LINE = re.compile(r"\s*(?:<!--)?\s*ID\s*:\s*(?P<id>\S.*?)\s*(?:-->)?\s*", re.IGNORECASE)

LONGEST_FIRST_LINE = 400  # in bytes, of which UTF-16 takes two for a character


class Class(NamedTuple):
    """The papers of a class, in the order of the set.

    unknown: the files of which nobody knows the student. absent: the students without a file.
    """

    papers: list[Paper]
    unknown: list[str]
    absent: list[str]

    @property
    def for_a_person(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.person]


def mark_set(folder: str | Path, handed_in: Sequence[str | Path]) -> Class:
    """Mark the sheets of a set and write marks.csv, summary.html and feedback/ into its folder.

    handed_in: files, and folders in which files are looked for. The student is named by the first
    line, `ID: s03`, else by the name of the file, else by the name of its folder.

    Raises: SetError, SheetError if the set is broken; OSError.
    """
    target = Path(folder)
    numbers = read_index(target)["students"]
    try:
        template = Template.read(read_sheet(target / TEMPLATE), str(target / TEMPLATE))
    except FileNotFoundError:
        raise SetError(f"the set {target} has no {TEMPLATE}") from None
    for student, chosen in numbers.items():
        if chosen.keys() != template.choices.keys():
            raise SetError(f"the numbers of {student} are not those that {TEMPLATE} asks for")
    sheets: dict[str, list[Path]] = {}
    others: dict[str, Path] = {}
    unknown = []
    for path, is_sheet in files_in(handed_in):
        student = student_of(path, numbers)
        if student and is_sheet:
            sheets.setdefault(student, []).append(path)
        elif student:
            others[student] = path
        elif is_sheet:
            unknown.append(str(path))
    papers, absent = [], []
    for student in numbers:
        if student in sheets:
            papers.append(_mark_files(template, sheets[student], student, numbers))
        elif student in others:
            reason = f"{others[student].name} is not read; a sheet ends in {', '.join(SHEETS)}"
            papers.append(for_a_person(template, student, reason))
        else:
            absent.append(student)
    _write(target, papers)
    return Class(papers, unknown, absent)


def _mark_files(
    template: Template, paths: Sequence[Path], student: str, numbers: dict[str, dict[str, str]]
) -> Paper:
    try:
        text = read_sheet(paths[0])
    except (SheetError, OSError) as error:
        reason = getattr(error, "message", "") or str(error)
        return for_a_person(template, student, f"{paths[0].name} cannot be read: {reason}")
    paper = mark_paper(template, text, student, numbers, paths[0].name)
    if len(paths) > 1:
        several = f"{len(paths)} sheets were handed in; {paths[0]} is marked"
        paper = replace(paper, person="; ".join(filter(None, [several, paper.person])))
    return paper


def files_in(places: Sequence[str | Path]) -> Iterator[tuple[Path, bool]]:
    """The files, and those in the folders, in alphabetical order, and whether each is a sheet.

    Raises: OSError for a place that does not exist.
    """
    for place in map(Path, places):
        if place.is_dir():
            yield from ((file, file.suffix.lower() in SHEETS) for file in visible_files(place))
        elif place.exists():
            yield place, True
        else:
            raise FileNotFoundError(f"there is no file or folder {str(place)!r}")


def student_of(path: Path, known: dict[str, dict[str, str]]) -> str:
    """The student who handed in a file, "" if nobody knows."""
    first = None
    with suppress(OSError, SheetError, StopIteration, IndexError):
        if path.suffix.lower() == NOTEBOOK:
            line = next(markdown_cells(read_sheet(path), path.name))[1].partition("\n")[0]
        else:
            with path.open("rb") as file:
                begin = file.read(LONGEST_FIRST_LINE)
            line = begin.decode(encoding_of(begin), "replace").splitlines()[0]
        first = FIRST_LINE.fullmatch(line)
    for name in (first["id"] if first else "", path.stem, path.parent.name):
        if (student := normalize("NFC", name)) in known:
            return student
    return ""


def _write(target: Path, papers: Sequence[Paper]) -> None:
    (target / "feedback").mkdir(exist_ok=True)
    for paper in papers:
        place = target / "feedback" / paper.student
        write_file(f"{place}.md", feedback_markdown(paper))
        write_file(f"{place}.html", feedback_html(paper))
    write_file(target / "summary.html", summary_html(papers))
    # With a mark that it is UTF-8, which spreadsheets need.
    write_file(target / "marks.csv", marks_csv(papers).encode("utf-8-sig"))
