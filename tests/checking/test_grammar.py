"""The grammar in the documentation is the language that is read, no more and no less."""

from __future__ import annotations

import random
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograd_mini.checking.sheets.gradient_names import SheetNames
from autograd_mini.checking.sheets.language import parse_lines
from autograd_mini.checking.sheets.markdown import MOST_COLUMNS, Line, derivation_lines
from autograd_mini.checking.sheets.statements import (
    Definition,
    DescendStatement,
    Evaluation,
    Given,
    Identity,
    Statement,
    Unread,
)
from autograd_mini.engine.operation import TABLE
from autograd_mini.lectures import lectures

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "sheets.md"
PRODUCTIONS = "\n".join(re.findall(r"^```ebnf\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S))
TOKEN = re.compile(r"\s*(?:\"([^\"]+)\"|\?([^?]+)\?|([a-z][a-z ]*[a-z]|[a-z])|([{}\[\]()|,=;]))")
CLOSING = {"{": "}", "[": "]", "(": ")"}

# Between their parts there are no blanks.
WORDS = {"numeral", "exponent", "digits", "fraction"}

# Before a name there are none either.
PREFIXES = {"d", "d2"}

Node = tuple[Any, ...]


def grammar() -> dict[str, Node]:
    """The productions: of ("text", x), ("words", x), ("rule", x), ("all", ...), ("any", ...),
    ("{", x), ("[", x)."""
    tokens = [match.groups() for match in TOKEN.finditer(PRODUCTIONS)]

    def alternatives() -> Node:
        found = [sequence()]
        while tokens[0][3] == "|":
            tokens.pop(0)
            found.append(sequence())
        return found[0] if len(found) == 1 else ("any", *found)

    def sequence() -> Node:
        found = [part()]
        while tokens[0][3] == ",":
            tokens.pop(0)
            found.append(part())
        return found[0] if len(found) == 1 else ("all", *found)

    def part() -> Node:
        text, words, rule, bracket = tokens.pop(0)
        if bracket is None:
            return ("text", text) if text else ("words", words.strip()) if words else ("rule", rule)
        inner = alternatives()
        assert tokens.pop(0)[3] == CLOSING[bracket]
        return inner if bracket == "(" else (bracket, inner)

    rules: dict[str, Node] = {}
    while tokens:
        name = tokens.pop(0)[2]
        assert tokens.pop(0)[3] == "="
        rules[name] = alternatives()
        assert tokens.pop(0)[3] == ";"
    return rules


RULES = grammar()
NAMES = ["w", "x", "t", "out", "E"]
VECTORS = ["u", "v"]
PRELUDE = ["w = 0.5", "x = 2", "t = 1", "out = sigmoid(w*x)", "E = (out - t)**2/2"]
PRELUDE += ["u_1, u_2 = 1, 2", "v1, v2 = 3, 4"]
FUNCTIONS = [[n for n, row in TABLE.items() if row.arity == arity] for arity in (1, 2)]


def statements(line: str, before: Iterable[str] = PRELUDE) -> list[Statement]:
    """What the checker makes of a line."""
    lines = [Line("", number, text) for number, text in enumerate([*before, line], 1)]
    return [statement for statement in parse_lines(lines) if statement.line == lines[-1]]


def is_read(line: str, before: list[str]) -> bool:
    return not any(
        isinstance(statement, Unread) and not statement.claims[0].missing
        for statement in statements(line, before)
    )


def gradients(before: Iterable[str]) -> SheetNames:
    """The names of the sheet, which know what dw stands for."""
    names = SheetNames([])
    lines = [Line("", number, text) for number, text in enumerate(before, 1)]
    for statement in parse_lines(lines):
        if isinstance(statement, Definition):
            names.define(statement.name, statement.expression, 1)
    return names


class Writer:
    """Writes lines at random, as the grammar has them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words: dict[str, Callable[[], str]] = {
            "an identifier of Python that is not defined yet": lambda: "new",
            "a name that is defined above": lambda: self.random.choice(NAMES),
            "an expression that is not a lone name": self.no_name,
            "a name that only its components have, such as q": lambda: self.random.choice(VECTORS),
            "several new names, with commas": lambda: "new1, new2",
            "several definitions by numbers, as in a = 0.5, b = 2 or a = 0.5; b = 2": lambda: (
                self.random.choice(["new1 = 0.5, new2 = 2", "new1 = 1; new2 = -2, new3 = 0.5"])
            ),
            "digits, not all 0": lambda: "07",
            "as many expressions": lambda: "0.5, w",
            "as many values": lambda: "0.5, ?",
            "d and a name, as in dw; or grad_w, w_grad, dEdw, dE_dw": lambda: self.random.choice(
                ["dw", "grad_x", "dEdw", "dE_dout", "out_grad"]
            ),
            "d, a name, and 2, as in dx2; or twice d and a name, as in dxdy": lambda: (
                self.random.choice(["dw2", "dwdx", "dxdout"])
            ),
            "a signed that is not a gradient by itself": self.divisor,
            "a real number as Python writes it, such as 2, 0.5, 1e-3 or 1_000": lambda: (
                self.random.choice(["2", "0.5", "1e-3", "1_000"])
            ),
            "a whole number, 0 or more": lambda: "10",
            "a function of the table with one operand, such as tanh": lambda: self.random.choice(
                FUNCTIONS[0]
            ),
            "a function of the table with two operands, such as maximum": lambda: (
                self.random.choice(FUNCTIONS[1])
            ),
        }

    def no_name(self) -> str:
        return next(
            text
            for text in iter(lambda: self.write(RULES["expression"], 8), "")
            if not text.strip(" ").isidentifier()
        )

    def divisor(self) -> str:
        return next(
            text
            for text in iter(lambda: self.write(RULES["signed"], 8), "")
            if not gradients(PRELUDE).differential(text.strip(" ()"))
        )

    def write(self, node: Node, deep: int = 0, blank: str = " ") -> str:
        """Deeper than a few rules, the shorter choice is made."""
        kind, *inner = node
        if kind == "text":
            return inner[0] + (
                blank and self.random.choice(["", blank]) if inner[0] not in PREFIXES else ""
            )
        if kind == "words":
            return self.words[inner[0]]() + self.random.choice(["", blank])
        if kind == "rule":
            return self.write(RULES[inner[0]], deep + 1, "" if inner[0] in WORDS else blank)
        if kind == "all":
            return "".join(self.write(each, deep, blank) for each in inner)
        if kind == "any":
            most = len(inner) if deep < 14 else 1
            return self.write(inner[self.random.randrange(most)], deep, blank)
        most = (2 if blank else 1) if kind == "{" else 1  # an exponent of three digits is too large
        times = self.random.randint(0, most) if deep < 14 else 0
        return "".join(self.write(inner[0], deep, blank) for _ in range(times))


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("definition", Definition),
        ("definitions", Definition),
        ("evaluation", Evaluation),
        ("identity", (Identity, Evaluation)),  # an evaluation, if the right side has no name
        ("given", Given),
        ("descent", DescendStatement),
    ],
)
@pytest.mark.parametrize("lines", [100, pytest.param(1_000, marks=pytest.mark.long)])
def test_every_line_that_the_grammar_writes_is_read(
    rule: str, kind: type[Statement] | tuple[type[Statement], ...], lines: int
) -> None:
    for seed in range(lines):
        line = Writer(seed).write(RULES[rule])
        if len(line) > MOST_COLUMNS:
            continue
        read = statements(line)
        assert [each.error.message for each in read if isinstance(each, Unread)] == [], line
        assert any(isinstance(each, kind) for each in read), line


class Reader:
    """Says where a part of a line that is derived from the grammar may end."""

    def __init__(self, line: str, before: list[str]) -> None:
        self.line = line
        lefts = (text.partition("=")[0] for text in before)
        self.names = {name.strip() for left in lefts for name in left.split(",")}
        self.gradients = gradients(before)
        self.known: dict[tuple[Node, int, bool], set[int]] = {}

    def accepts(self, rule: str) -> bool:
        return len(self.line) in self.ends(RULES[rule], self.blanks(0), True)

    def blanks(self, start: int) -> int:
        return start + len(self.line[start:]) - len(self.line[start:].lstrip(" "))

    def ends(self, node: Node, start: int, apart: bool) -> set[int]:
        key = node, start, apart
        if key not in self.known:
            self.known[key] = set(self._ends(node, start, apart))
        return self.known[key]

    def _ends(self, node: Node, start: int, apart: bool) -> Iterator[int]:
        kind, *inner = node
        if kind == "text":
            if self.line.startswith(inner[0], start):
                end = start + len(inner[0])
                yield self.blanks(end) if apart and inner[0] not in PREFIXES else end
        elif kind == "words":
            yield from map(self.blanks, self.words(inner[0], start))
        elif kind == "rule":
            word = inner[0] in WORDS
            ends = self.ends(RULES[inner[0]], start, apart and not word)
            yield from map(self.blanks, ends) if apart and word else ends
        elif kind == "any":
            for each in inner:
                yield from self.ends(each, start, apart)
        else:
            reached = {start}
            if kind == "all":
                for each in inner:
                    reached = {end for place in reached for end in self.ends(each, place, apart)}
            waiting = set() if kind == "all" else {start}
            while waiting:
                ends = {end for place in waiting for end in self.ends(inner[0], place, apart)}
                waiting = ends - reached if kind == "{" else set()
                reached |= ends
            yield from reached

    def words(self, words: str, start: int) -> Iterator[int]:
        if words == "an expression that is not a lone name":
            for end in self.ends(RULES["expression"], start, True):
                if not self.line[start:end].strip(" ").isidentifier():
                    yield end
            return
        if words == "several new names, with commas":
            found = re.compile(r"\w+( *, *\w+)+ *").match(self.line, start)
            names = [name.strip(" ") for name in found[0].split(",")] if found else []
            new = {name for name in names if name.isidentifier()} - self.names
            if found and len(new) == len(names):
                yield found.end()
            return
        if words in ("as many expressions", "as many values"):
            many = self.line.partition("=")[0].count(",") + 1
            yield from self.listed(words.removeprefix("as many ").removesuffix("s"), many, start)
            return
        if words == "a signed that is not a gradient by itself":
            for end in self.ends(RULES["signed"], start, True):
                if not self.is_gradient(self.line[start:end].strip(" ()")):
                    yield end
            return
        number = f"{tokenize.Floatnumber}|{tokenize.Intnumber}"
        pattern = number if "a real number" in words else r"\d+" if "a whole" in words else r"\w+"
        pattern = r"0*[1-9]\d*" if words == "digits, not all 0" else pattern
        found = re.compile(pattern).match(self.line, start)
        # A derivative has a d before a name.
        if found and (
            {
                "an identifier of Python that is not defined yet": found[0].isidentifier()
                and found[0] not in self.names,
                "a name that is defined above": found[0] in self.names,
                "a name that only its components have, such as q": found[0] not in self.names
                and any(f"{found[0]}{apart}1" in self.names for apart in ("", "_")),
                "d and a name, as in dw; or grad_w, w_grad, dEdw, dE_dw": self.is_gradient(
                    found[0]
                ),
                "a function of the table with one operand, such as tanh": found[0] in FUNCTIONS[0],
                "a function of the table with two operands, such as maximum": (
                    found[0] in FUNCTIONS[1]
                ),
            }.get(words, True)
        ):
            yield found.end()

    def listed(self, rule: str, many: int, start: int) -> set[int]:
        """Where so many expressions or values may end that have commas between them."""
        reached = {start}
        for place in range(many):
            ends = {end for each in reached for end in self.ends(RULES[rule], each, True)}
            commas = {self.blanks(end + 1) for end in ends if self.line.startswith(",", end)}
            reached = commas if place < many - 1 else ends
        return reached

    def is_gradient(self, name: str) -> bool:
        try:
            return bool(self.gradients.differential(name))
        except ValueError:
            return False


@cache
def lines_of_lectures() -> list[tuple[str, list[str]]]:
    """Each statement, without its comment, and those before it that define names."""
    found = []
    for lecture in lectures():
        texts = [line.text.partition("#")[0].rstrip(" ") for line in derivation_lines(lecture.text)]
        lines = [Line("", number, text) for number, text in enumerate(filter(None, texts), 1)]
        parsed = parse_lines(lines)
        defining = {each.line for each in parsed if isinstance(each, Definition)}
        before: list[str] = []
        for line in lines:
            found.append((line.text, list(before)))
            if line in defining:
                before.append(line.text)
    return found


def test_the_grammar_has_every_line_of_the_lectures() -> None:
    assert len(lines_of_lectures()) > 300
    for text, before in lines_of_lectures():
        assert Reader(text, before).accepts("statement"), text


def test_a_line_that_is_garbled_is_in_the_grammar_if_it_is_read() -> None:
    """One character is taken out, doubled, or another; claims, which may be missing, apart."""
    chance = random.Random(0)
    read = 0
    for text, before in chance.sample(lines_of_lectures(), 200):
        place = chance.randrange(len(text))
        other = chance.choice(["", text[place] * 2, *"+-*/().=,dw1 >[]"])
        garbled = (text[:place] + other + text[place + 1 :]).rstrip(" ")
        found = is_read(garbled, before)
        if re.fullmatch(r" *\w+ *= *", garbled) and found:
            continue  # a definition left blank, as in a worksheet
        assert Reader(garbled, before).accepts("statement") == found, garbled
        read += found
    assert 20 < read < 180
