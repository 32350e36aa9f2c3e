"""assign: write a sheet with personal numbers for every student of a class.

A set is a folder: ID.md is the sheet of a student and key/ID.md the same, filled in; template.md is
the template, and set.json the seed and the numbers of every student.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

from autograd_mini.checking.sheets.markdown import read_sheet
from autograd_mini.classroom.moodle import moodle_xml
from autograd_mini.classroom.personal import Numbers, Personal
from autograd_mini.classroom.template import Template
from autograd_mini.files import write_file
from autograd_mini.symbols.text import counted

TEMPLATE = "template.md"
INDEX = "set.json"

# IDs name files, so they have neither a separator nor a character that a system refuses, and no
# space or dot at an end.
ID = re.compile(r"[\w@+=-](?:[\w.@+=,'() -]{0,98}[\w@+=)-])?")
# What class lists call the column of the IDs; the first that is there is taken.
TITLES = (
    *("id", "student id", "student_id", "id number", "login", "sis login id", "username"),
    *("email", "email address", "e-mail", "student", "name", "full name"),
)
MOST_STUDENTS = 10_000


class SetError(ValueError):
    """A class list or a folder from which no set can be made, or a set that is broken."""


class Assigned(NamedTuple):
    """A set that has been written.

    hidden: for every student, the usual slips that would not show. slips: how many there are in a
    sheet.
    """

    folder: Path
    students: dict[str, Personal]
    slips: int

    @property
    def summary(self) -> str:
        """100 sheets; at most 2 of 348 usual slips would not show (dE/dw6 of s017)."""
        sheets = counted(len(self.students), "sheet")
        worst, personal = max(self.students.items(), key=lambda entry: len(entry[1].hidden))
        if not personal.hidden:
            return f"{sheets}; all {self.slips} usual slips would show"
        claims = dict.fromkeys(claim for claim, _ in personal.hidden)
        named = ", ".join(list(claims)[:3]) + (", ..." if len(claims) > 3 else "")
        return (
            f"{sheets}; at most {len(personal.hidden)} of {self.slips} usual slips would not show "
            f"({named} of {worst})"
        )


def read_class(source: str) -> list[str]:
    """The IDs of a class.

    source: a number of students, who are called s01, s02, ..., or the path of a CSV file. Its IDs
    stand in the column that TITLES names, or in the first where there is no line of titles.

    Raises: SetError for a list that is empty, or an ID that is missing, is there twice or cannot
    name a file; OSError if the file cannot be read.
    """
    if source.isascii() and source.isdigit():
        count = int(source)
        if not 1 <= count <= MOST_STUDENTS:
            raise SetError(f"expected 1 to {MOST_STUDENTS:,} students, got {source}")
        return [f"s{number:0{max(2, len(source))}}" for number in range(1, count + 1)]
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
        rows = list(csv.reader(text.splitlines(), csv.Sniffer().sniff(text[:4096], ",;\t")))
    except csv.Error:
        rows = [[line] for line in text.splitlines()]
    except UnicodeDecodeError:
        raise SetError(f"{source} is not UTF-8 text; save the class list as CSV in UTF-8") from None
    rows = [cells for row in rows if any(cells := [cell.strip() for cell in row])]
    titles = [cell.casefold() for cell in rows[0]] if rows else []
    column = next((titles.index(title) for title in TITLES if title in titles), None)
    ids = []
    for row in rows[column is not None :]:
        student = "".join(row[column or 0 :][:1])
        if not student:
            raise SetError(f"a line of {source} has no ID: {', '.join(filter(None, row))}")
        ids.append(normalize("NFC", student))
    _check_ids(ids, source)
    return ids


def _check_ids(ids: Sequence[str], source: str) -> None:
    if not ids:
        raise SetError(f"{source} has no IDs; write one in each line")
    if len(ids) > MOST_STUDENTS:
        raise SetError(f"{source} has {len(ids):,} students; at most {MOST_STUDENTS:,} are allowed")
    seen: dict[str, str] = {}
    for student in ids:
        if not ID.fullmatch(student) or student.casefold() in ("template", "key", "page", "print"):
            raise SetError(
                f"the ID {student!r} in {source} cannot name a file; use letters, digits, "
                "spaces and _ - . , ' @ + = ( )"
            )
        # Files of some systems do not tell capitals from small letters.
        other = seen.setdefault(student.casefold(), student)
        if other is not student:
            raise SetError(f"the ID {student!r} is twice in {source}")


def assign(
    template: str | Path,
    students: Sequence[str],
    seed: str,
    folder: str | Path,
    progress: Callable[[int], None] = lambda done: None,
    moodle: bool = False,
) -> Assigned:
    """Write a set: a sheet and a key for every student.

    template: the path of a derivation sheet that `check` passes. students: their IDs. seed: any
    text; the same seed and ID give the same numbers. folder: new, empty, or a set of the same
    template and seed, to which students are added. progress: called with the number of students
    that are done. moodle: whether to write moodle.xml too, with the students of this call.

    Raises: SheetError, OSError for the template; SetError for the folder. Nothing is written before
    all numbers are chosen.
    """
    path, target = Path(template), Path(folder)
    text = read_sheet(path)
    added = _is_set(target, text, seed)
    read = Template.read(text, str(path))
    numbers = Numbers(read, seed)
    chosen: dict[str, Personal] = {}
    for done, student in enumerate(students, start=1):
        chosen[student] = numbers.of(student)
        progress(done)
    files = {TEMPLATE: text}
    for student, personal in chosen.items():
        head = f"ID: {student}\n\n"
        files[f"{student}.md"] = head + read.sheet(personal.numbers)
        files[f"key/{student}.md"] = head + read.key(personal.numbers, personal.values)
    if moodle:
        files["moodle.xml"] = moodle_xml(read, chosen, f"{path.stem} {seed}")
    known = dict(read_index(target)["students"]) if added else {}
    known.update({student: personal.numbers for student, personal in chosen.items()})
    index = {"template": TEMPLATE, "seed": seed, "students": known}
    # Last, so that a set that is added to lists no student without a sheet.
    files[INDEX] = json.dumps(index, indent=1, ensure_ascii=False) + "\n"
    try:
        _write_set(target, files, added)
    except OSError as error:
        cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
        reason = (cause.strerror or str(cause)).lower()
        raise SetError(f"cannot write the set {target}: {reason}; choose another place") from error
    return Assigned(target, chosen, numbers.slips)


def _write_set(target: Path, files: Mapping[str, str], added: bool) -> None:
    """Write the files of a set; a new set appears in one step, or not at all.

    added: whether the files are added to a set that exists.

    Raises: OSError, also if another process has written a set there in the meantime.
    """
    folder = target
    if not added:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        folder.chmod(0o755)
    try:
        (folder / "key").mkdir(exist_ok=True)
        for name, text in files.items():
            write_file(folder / name, text)
        if folder is not target:
            folder.replace(target)
    finally:
        if folder is not target:
            shutil.rmtree(folder, ignore_errors=True)


def _is_set(folder: Path, text: str, seed: str) -> bool:
    """True if a folder holds this set, False if it holds nothing.

    Raises: SetError if it holds something else.
    """
    if not folder.exists() or not any(folder.iterdir()):
        return False
    if not (folder / INDEX).exists():
        raise SetError(f"the folder {folder} is not empty and holds no set; choose a new folder")
    index = read_index(folder)
    if index["seed"] != seed or (folder / TEMPLATE).read_bytes() != text.encode("utf-8"):
        raise SetError(
            f"the folder {folder} holds a set of another template or seed; choose a new folder"
        )
    return True


def read_index(folder: Path) -> dict[str, Any]:
    """The contents of set.json: the name of the template, the seed, and the numbers by student.

    Raises: SetError if it is missing or broken.
    """
    path = folder / INDEX
    try:
        index: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SetError(f"the folder {folder} holds no set: it has no {INDEX}") from None
    except (ValueError, OSError, RecursionError) as error:
        raise SetError(f"{path} cannot be read: {error}") from None
    students = index.get("students") if isinstance(index, dict) else None
    if (
        not isinstance(students, dict)
        or not isinstance(index.get("seed"), str)
        or not isinstance(index.get("template"), str)
        or not all(
            isinstance(numbers, dict) and all(isinstance(each, str) for each in numbers.values())
            for numbers in students.values()
        )
    ):
        raise SetError(f"{path} is broken; write the set once more with `assign`")
    return {"template": index["template"], "seed": index["seed"], "students": students}
