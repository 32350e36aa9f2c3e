"""mark: judge what a student handed in, with errors carried forward.

The reference is the template with the numbers of the student. A line is matched with a blank of the
template by the expression on its left, in any order. A definition that differs from the template's
is a formula claimed for that name.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest
from typing import NamedTuple

from autograd_mini.checking.digits.printed import check_printed
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.checking.sheets.language import BLANK, parse_lines
from autograd_mini.checking.sheets.markdown import (
    Line,
    SheetError,
    place_of,
    sheet_lines,
)
from autograd_mini.checking.sheets.report import RIGHT, Result
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.checking.sheets.statements import (
    Claim,
    Definition,
    DescendStatement,
    Given,
    Identity,
    Statement,
    Unread,
)
from autograd_mini.classroom.template import Blank, Template, is_leaf, subject
from autograd_mini.engine.tree import Printer
from autograd_mini.symbols.simplify import key

# The verdicts that earn the marks of a blank; `follows` is an error carried forward.
EARNING = (*RIGHT, "follows")

# The beginning of the checker's remark on a slip that an earlier line has made.
AGAIN = "again, as in line "

# The mark of an item of a list, as in "- n1 -> 0.5" or "2) n1 -> 0.5".
ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
ASSIGNMENT = re.compile(r"\s*(?P<name>[^\s=#>,-]+)\s*=(?!=)(?P<right>[^#]*)")
ASSIGNMENTS = re.compile(r"\s*(?P<names>[^\s=#>-]+\s*(?:,\s*[^\s=#>-]+\s*)+)=(?!=)[^#]*")
NUMBER = re.compile(r"\s*(?P<number>[-+\N{MINUS SIGN}]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*")


class Mark(NamedTuple):
    """The marks of one blank.

    verdict: of the line that fills the blank, `again` for a slip that an earlier line has made, or
    `missing`. earned: None where a person decides. line: the order of the line that fills it in, 0
    without a line. written: the answer. remark: for the student.
    """

    blank: Blank
    verdict: str
    earned: int | None
    line: int = 0
    written: str = ""
    remark: str = ""
    slip: str = ""

    @property
    def place(self) -> str:
        """The number of the line, after that of its cell in a notebook; "" without a line."""
        return place_of(self.line) if self.line else ""


@dataclass(frozen=True)
class Paper:
    """The marked work of one student.

    person: why a person has to look at it, "" if nobody has to.
    """

    student: str
    marks: tuple[Mark, ...]
    person: str

    @property
    def earned(self) -> int:
        return sum(mark.earned or 0 for mark in self.marks)

    @property
    def most(self) -> int:
        return sum(mark.blank.marks for mark in self.marks)

    def count(self, *verdicts: str) -> int:
        """The number of blanks with one of these verdicts."""
        return sum(mark.verdict in verdicts for mark in self.marks)


class JudgedLine(NamedTuple):
    """A result of a line that was handed in, its statement, and the values where it stands."""

    statement: Statement
    result: Result
    scene: Scene


def mark_paper(
    template: Template,
    text: str,
    student: str,
    numbers: Mapping[str, Mapping[str, str]],
    file: str = "",
) -> Paper:
    """Mark the text of a sheet, or of a notebook if the name of `file` says so.

    numbers: of the leaves that were chosen, for every student of the set.
    """
    try:
        lines = sheet_lines(text, file)
    except SheetError as error:
        return for_a_person(template, student, f"the sheet cannot be read: {error.message}")
    if not lines:
        return for_a_person(template, student, "there is no line of a derivation")
    reference = Reference(template, numbers[student])
    written = [claim for line in lines for claim in reference.rewritten(line)]
    changed = reference.changed
    if len(changed) > 1:
        owners = (
            other
            for other, theirs in numbers.items()
            if other != student and all(theirs.get(name) == changed[name] for name in changed)
        )
        owner = next(owners, "")
        reason = f"not the numbers of {student}" + (f": those of {owner}" if owner else "")
        return for_a_person(template, student, reason)
    try:
        sheet = Sheet()
        judged = list(reference.judged(written, sheet))
    except SheetError as error:
        return for_a_person(template, student, str(error).partition("\n")[0])
    return _marked(student, judged, reference, sheet)


def for_a_person(template: Template, student: str, reason: str) -> Paper:
    """A paper without marks, which a person has to look at."""
    marks = (Mark(blank, "unread", None) for blank in template.blanks)
    return Paper(student, tuple(marks), reason)


class Reference:
    """A template with the numbers of one student.

    changed: the numbers of leaves that are others on the sheet that was handed in.
    """

    def __init__(self, template: Template, numbers: Mapping[str, str]) -> None:
        self.template = template
        self.lines: list[Line] = []
        self.leaves: dict[str, str] = {}
        self.formulas: set[str] = set()
        self.changed: dict[str, str] = {}
        self.lefts: set[str] = {_without_blanks(blank.text) for blank in template.blanks}
        self.moves: Counter[tuple[object, ...]] = Counter(map(_move, template.statements))
        for statement in template.statements:
            code = statement.line.text.partition("#")[0].partition("->")[0]
            match statement:
                case Definition(name=name) if is_leaf(statement):
                    number = NUMBER.search(code, code.index("=") + 1)
                    assert number is not None
                    self.leaves[name] = numbers.get(name, number["number"])
                    self._add(f"{name} = {self.leaves[name]}")
                case Definition(name=name):
                    self.formulas.add(name)
                    self._add("=".join(code.split("=")[:2]))
                case Given():
                    self._add(code)

    def _add(self, text: str) -> None:
        line = Line("", 0, text.strip())
        if line not in self.lines:  # p1, p2 = softmax(z1, z2) defines two names
            self.lines.append(line)

    def rewritten(self, line: Line) -> list[Line]:
        """A line that was handed in, as claims about the reference."""
        item = ITEM.match(line.text)
        if item and _left(line.text[item.end() :]) in self.lefts:
            line = line._replace(text=" " * item.end() + line.text[item.end() :])
        several = ASSIGNMENTS.match(line.text)
        names = [name.strip() for name in several["names"].split(",")] if several else []
        if several and self.formulas.issuperset(names):
            numbers = several[0].partition("->")[2].split(",")
            claimed = zip_longest(names, numbers, fillvalue="")
            return [line._replace(text=f"{name} -> {number}") for name, number in claimed]
        found = ASSIGNMENT.match(line.text)
        if found is None:
            return [line]
        name, right = found["name"], found["right"]
        text, arrow, printed = right.partition("->")
        number = NUMBER.fullmatch(text)
        if name in self.leaves and not arrow:
            if number is None:
                return [line] if BLANK.fullmatch(text) is None else []
            if Fraction(_plain(number["number"])) != Fraction(_plain(self.leaves[name])):
                self.changed[name] = number["number"]
            return []
        if name not in self.leaves and name not in self.formulas:
            return [line]
        if number is not None or BLANK.fullmatch(text):
            return [line._replace(text=f"{name} -> {printed if arrow else text}")]
        return [line._replace(text=f"{name} == {right}")]

    def judged(self, lines: Sequence[Line], sheet: Sheet) -> Iterator[JudgedLine]:
        """The results of all lines in an empty sheet, in order."""
        for statement in parse_lines([*self.lines, *lines]):
            if statement.line.number == 0:
                statement = replace(statement, claims=())
            elif move := _move(statement):
                if not self.moves[move]:
                    statement = _foreign(statement)
                self.moves[move] -= 1
            for result in sheet.check([statement]):
                yield JudgedLine(statement, result, sheet.scene)


def _move(statement: Statement) -> tuple[object, ...]:
    """A statement that gives values other numbers than their formulas do; else ()."""
    match statement:
        case Given(name=name, number=number):
            return name, number
        case DescendStatement(root=root, parameters=parameters, rate=rate, times=times):
            return root, parameters, rate, times
    return ()


def _foreign(statement: Statement) -> Unread:
    """A statement that the exercise does not have, in place of one that gives other numbers."""
    line = statement.line
    error = line.error("the exercise has no such line, and its numbers stay as they are")
    return Unread(line, (Claim(line, line.text.strip(), None, False),), error)


def _left(line: str) -> str:
    return _without_blanks(re.split("=|->", line)[0])


def _without_blanks(text: str) -> str:
    return "".join(text.rstrip("= ").split())


def _plain(number: str) -> str:
    return number.replace("\N{MINUS SIGN}", "-")


def _marked(
    student: str, judged: Sequence[JudgedLine], reference: Reference, sheet: Sheet
) -> Paper:
    """The marks of all blanks, from the results of the lines."""
    found: dict[tuple[bool, str], list[JudgedLine]] = {}
    unread = [each for each in judged if isinstance(each.statement, Unread)]
    failing: dict[int, JudgedLine] = {}
    zeros: list[int] = []
    for each in judged:
        statement, result, _ = each
        line = result.claim.line.order
        if isinstance(statement, (Unread, DescendStatement)) or result.verdict == "missing":
            continue  # a blank that is left may be filled in below
        is_formula = result.verdict in ("holds", "fails")
        if result.verdict == "holds" and _uses_itself(statement, sheet, reference):
            remark = f"the formula uses {Printer().text(subject(statement))} itself"
            each = each._replace(result=result._replace(verdict="fails", suggestion=remark))
        found.setdefault((is_formula, key(subject(statement))), []).append(each)
        if result.verdict == "fails":
            failing.setdefault(line, each)
        numeral = result.claim.printed
        if result.verdict == "wrong" and numeral is not None and numeral.number == 0:
            zeros.append(line)
    misread = _misread(judged, reference)
    marks = []
    reasons = [
        f"line {each.result.claim.line.place} is unread: {each.result.remark}"
        for each in unread
        if each.result.verdict == "unread"
    ]
    reasons += [
        f"the line {statement.line.text.strip()} of the exercise is left out"
        for statement in reference.template.statements
        if isinstance(statement, DescendStatement) and reference.moves[_move(statement)] > 0
    ]
    for blank in reference.template.blanks:
        candidates = found.get((blank.printed is None, key(blank.tree)), [])
        if candidates:
            marks.append(_mark(blank, candidates.pop(0), failing, misread, zeros))
        elif any(_is_about(each.result, blank) for each in unread):
            marks.append(Mark(blank, "unread", None))
        else:
            marks.append(Mark(blank, "missing", 0, remark="left blank"))
    if sheet.alone is not None:  # later numbers may follow, and earn their marks
        reasons.append(next(sheet.notes()))
    for mark in marks:
        for other in found.get((mark.blank.printed is None, key(mark.blank.tree)), []):
            is_other = mark.line and _written(other.result) != mark.written
            if is_other and (other.result.verdict in EARNING) != (mark.verdict in EARNING):
                place = other.result.claim.line.place
                reasons.append(
                    f"lines {mark.place} and {place} answer {mark.blank.text} differently"
                )
    stock = [mark.line for mark in marks if mark.earned is None and mark.line]
    if stock:
        lines = ", ".join(map(place_of, stock[:10])) + (", ..." if len(stock) > 10 else "")
        reasons.append(f"may follow from the 0 in line {place_of(zeros[0])}: line {lines}")
    return Paper(student, tuple(marks), "; ".join(reasons))


def _mark(
    blank: Blank,
    judged: JudgedLine,
    failing: Mapping[int, JudgedLine],
    misread: Mapping[int, str],
    zeros: list[int],
) -> Mark:
    result = judged.result
    claim, verdict, slip = result.claim, str(result.verdict), result.slip
    line, remark = claim.line.order, result.remark
    earned: int | None = blank.marks if verdict in EARNING else 0
    if line in failing and verdict != "fails":
        verdict, earned = "fails", 0
        remark, slip = failing[line].result.remark, failing[line].result.slip
    elif verdict in ("wrong", "fails") and line in misread:
        remark, slip = misread[line], "misread"
    elif zeros and (line in zeros[1:] or any(root in zeros for root in result.follows)):
        earned = None  # of several zeros the later ones may follow from the first
    if verdict in ("wrong", "fails") and remark.startswith(AGAIN):
        verdict = "again"
    return Mark(blank, verdict, earned, line, _written(result), remark, slip)


def _uses_itself(statement: Statement, sheet: Sheet, reference: Reference) -> bool:
    """True if a formula uses its own left side, perhaps by a name of the student."""
    match statement:
        case Identity(left=ast.Name(id=left), right=right):
            pending = [right]
        case _:
            return False
    while pending:
        for name in names_in(pending.pop()):
            if name == left:
                return True
            if name in sheet.definitions and name not in reference.formulas:
                pending.append(sheet.definitions[name])
    return False


def _written(result: Result) -> str:
    printed = result.claim.printed or result.claim.equated
    return printed.text if printed is not None else result.claim.text


def _misread(judged: Sequence[JudgedLine], reference: Reference) -> dict[int, str]:
    """The lines that are right with the number that the student took for a leaf, and why."""
    found: dict[int, str] = {}
    for name, number in reference.changed.items():
        because = f"{name} is {reference.leaves[name]} on this sheet, not {number}"
        for statement, result, scene in judged:
            numeral = result.claim.printed
            if result.verdict != "wrong" or numeral is None:
                continue
            try:
                value = scene.at({name: float(Fraction(_plain(number)))}).evaluate(
                    subject(statement)
                )
            except (ArithmeticError, LookupError, ValueError):
                continue
            if check_printed(numeral.text, value):
                line = result.claim.line.order
                first = next(iter(found), line)
                found[line] = because if line == first else f"{AGAIN}{place_of(first)}: {because}"
    return found


def _is_about(result: Result, blank: Blank) -> bool:
    """True if a line that cannot be read seems to fill a blank: their left sides agree."""
    return _left(result.claim.text) == _without_blanks(blank.text)
