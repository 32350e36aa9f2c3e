"""Moodle XML of a set: one cloze question for every student, to be imported into a question bank.

A number is accepted within one unit of its last digit. Moodle cannot carry an error forward, and it
cannot judge a formula: formulas are printed as given.

Source: Moodle's documentation, "Moodle XML format" and "Embedded Answers (Cloze) question type".
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from fractions import Fraction

from autograd_mini.classroom.personal import Personal
from autograd_mini.classroom.template import Blank, Template

# Around the number of a line, where its answer goes: characters that no sheet may have.
START, END = "\x02", "\x03"
PLACE = re.compile(f"{START}(\\d+){END}")


def moodle_xml(template: Template, students: Mapping[str, Personal], category: str) -> str:
    """The questions of a set. category: where Moodle files them in its question bank."""
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            "<quiz>",
            '<question type="category">',
            f"<category><text>$course$/top/{html.escape(category, quote=False)}</text></category>",
            "</question>",
            *(_question(template, *entry) for entry in students.items()),
            "</quiz>",
            "",
        ]
    )


def _question(template: Template, student: str, personal: Personal) -> str:
    answers: dict[int, str] = {}  # a line may define several names
    for blank, value in zip(template.blanks, personal.values):
        if blank.printed is not None:
            line = blank.claim.line.number
            before = f"{answers[line]}, " if line in answers else ""
            answers[line] = before + _cloze(blank, value)
    places = {line: f"{START}{line}{END}" for line in answers}
    text = html.escape(template.sheet(personal.numbers, places), quote=False)
    # Moodle reads what stands in braces as an answer; other braces become entities.
    text = text.replace("{", "&#123;").replace("}", "&#125;")
    text = PLACE.sub(lambda place: answers[int(place[1])], text)
    question = f"<pre>\n{text}\n</pre>"
    return "\n".join(
        [
            '<question type="cloze">',
            f"<name><text>{html.escape(student, quote=False)}</text></name>",
            f'<questiontext format="html"><text><![CDATA[{question}]]></text></questiontext>',
            "<generalfeedback><text></text></generalfeedback>",
            "<penalty>0</penalty>",
            "<hidden>0</hidden>",
            "</question>",
        ]
    )


def _cloze(blank: Blank, value: float) -> str:
    """{2:NUMERICAL:=0.5400:0.0001}: marks, answer and tolerance."""
    assert blank.printed is not None
    number = Fraction(repr(value))
    tolerance = blank.printed.unit_for(number)
    return f"{{{blank.marks}:NUMERICAL:={float(number)!r}:{float(tolerance)!r}}}"
