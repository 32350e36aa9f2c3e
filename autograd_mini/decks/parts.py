"""Parts: the sections of a deck in which every name has one meaning.

A file with several exercises is cut at their headings, and where a name is given another number or
a function is defined again.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from autograd_mini.decks.definitions import Definitions, applied
from autograd_mini.decks.given import GivenNumber
from autograd_mini.decks.names import swap
from autograd_mini.decks.reading import Deck, DeckEquation, Side
from autograd_mini.decks.trees import plain_names, written

HEADING = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|\*\*|\\(?:sub)*section\*?\{|\\paragraph\{|\\frametitle\{"
    r"|\\begin\{frame\}\{|\\question\b)[^\n]*?"
    r"\b(?:(?:Exercise|Example|Problem|Question|Task|Quiz|Aufgabe|Q|Case)\b[ \t.:#]*\(?|Q(?=\d))"
    r"(?P<number>[0-9]+|[IVX]+|[A-Z])\b",
    re.MULTILINE,
)


@dataclass
class Figure:
    """A printed number for a quantity.

    own: the numbers of its own line that lead to it. is_operand: whether it stands in such a line;
    fits: whether that line leads to its result. own_side: where these numbers stand. is_slip:
    whether no number is inferred from it.
    """

    tree: ast.expr
    printed: str
    side: Side
    own: ast.expr | None = None
    is_operand: bool = False
    fits: bool = False
    own_side: Side | None = None
    is_slip: bool = False


@dataclass
class Equality:
    """A formula for a quantity; before: the sides before it in a longer equation.

    against: why it is wrong by its own line, with the name of that slip.
    """

    left: ast.expr
    right: ast.expr
    side: Side
    before: tuple[ast.expr, ...] = ()
    against: str = ""
    slip: str = "own-numbers"


@dataclass(frozen=True)
class LeftAlone:
    """A side that is not judged, and why."""

    side: Side
    reason: str


@dataclass
class Part:
    """A part of a deck in which every name has one meaning.

    given: the numbers of leaves. claims: what can be judged, in order. read_as: how ambiguous
    things were read, with the line. opaque: names of vectors and matrices. meanings: the names
    that stand for the meanings of a name that is defined again. ambiguous: names that a part before
    defines otherwise, and says nothing else of. origins: where the formula of a name stands.
    mended: the formulas of the deck for names whose definition is a slip, with their places.
    """

    definitions: Definitions
    given: dict[str, GivenNumber] = field(default_factory=dict)
    claims: list[Figure | Equality] = field(default_factory=list)
    left_alone: list[LeftAlone] = field(default_factory=list)
    read_as: dict[str, int] = field(default_factory=dict)
    opaque: set[str] = field(default_factory=set)
    meanings: dict[str, list[str]] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)
    computed: set[str] = field(default_factory=set)
    origins: dict[str, Side] = field(default_factory=dict)
    mended: dict[str, tuple[ast.expr, Side]] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers of the leaves that are given."""
        return {name: float(given.printed) for name, given in self.given.items()}

    def place_own(self, side: Side, own_side: Side | None) -> None:
        """Remember where the numbers that lead to the last figure stand."""
        last = self.claims[-1] if self.claims else None
        if isinstance(last, Figure) and last.side is side and last.own is not None:
            last.own_side = own_side

    @property
    def leaves(self) -> list[str]:
        """The names without a formula that claims and formulas use."""
        used: dict[str, None] = {}
        for claim in self.claims:
            trees = [claim.tree] if isinstance(claim, Figure) else [claim.left, claim.right]
            for tree in trees:
                used.update(dict.fromkeys(plain_names(tree)))
        used.update(dict.fromkeys(sorted(self.definitions.below(used))))
        return [name for name in used if name not in self.definitions.formulas]


def parts(deck: Deck) -> list[list[DeckEquation]]:
    """The equations of each part, in order."""
    headings = [found.start() for found in HEADING.finditer(deck.source.text)]
    defined = {
        head
        for equation in deck.equations
        if (head := _name(equation)) and any(_has_names(side.tree) for side in equation.sides[1:])
    }
    updated = {
        name.removesuffix("^+")
        for equation in deck.equations
        for side in equation.sides
        if side.tree is not None
        for name in _names(side.tree)
        if name.endswith("^+")
    } | defined
    again = {id(equation) for equation, *_ in stated_twice(deck.equations)}
    found: list[list[DeckEquation]] = [[]]
    stated: dict[str, float] = {}
    numbers: dict[int, str] = {}
    functions: dict[str, str] = {}
    for equation in deck.equations:
        if not equation.sides:
            continue
        start = equation.sides[0].start
        heading = sum(place <= start for place in headings)
        number = str(heading) if len(headings) > 1 else ""
        changed = False
        name = _name(equation)
        printed = next((side.printed for side in equation.sides[1:2] if side.printed), "")
        if (
            name
            and printed
            and name not in updated
            and "/" not in name
            and id(equation) not in again
        ):
            value = float(printed)
            changed = name in stated and abs(stated[name] - value) > 0.01 * max(abs(value), 1e-12)
            changed &= id(equation) not in again
        several = name in deck.vocabulary.several and "(" in deck.text(equation.sides[0])
        if function := name if several else applied(equation)[0]:
            bodies = [side.tree for side in equation.sides[1:] if side.tree is not None]
            body = written(bodies[0]) if bodies and not equation.sides[1].printed else ""
            changed |= bool(body) and functions.get(function, body) != body
            if body:
                functions[function] = body
        if found[-1] and (changed or number != numbers.get(len(found) - 1, number)):
            found.append([])
            stated = {}
        if name and printed and name not in updated:
            stated.setdefault(name, float(printed))
        numbers[len(found) - 1] = number
        found[-1].append(equation)
    return [part for part in found if part]


def stated_twice(equations: list[DeckEquation]) -> list[tuple[DeckEquation, str, str]]:
    """The equations of lists such as w_1 = 1, w_1 = 2 that give a name a second number.

    Of the two that is meant whose index does not follow that of the equation before.
    Returns each with the remark on it, and the name that is meant.
    """
    found = []
    numbers: dict[str, set[str]] = {}
    for equation in equations:
        if len(equation.sides) == 2:
            numbers.setdefault(_name(equation), set()).add(equation.sides[1].printed)
    listed: list[tuple[DeckEquation, str, str]] = []
    for equation, after in zip(equations, [*equations[1:], None]):
        name = _name(equation)
        printed = equation.sides[1].printed if len(equation.sides) == 2 else ""
        if not printed or (listed and swap(name, listed[-1][1]) is None and name != listed[-1][1]):
            listed = []
        if any(name == other and float(printed) == float(text) for _, other, text in listed):
            listed = []  # the list is given a second time
        if not printed:
            continue
        listed.append((equation, name, printed))
        names = [other for _, other, _ in listed]
        if len(numbers[name]) > 2:
            continue  # a list of results for one name
        first = names.index(name)
        if float(listed[first][2]) == float(printed) or not name[-1:].isdigit():
            continue
        place = len(names) - 1
        if first > 0 and int(names[first - 1][-1]) + 1 != int(name[-1]):
            place = first
        meant = names[place - 1][:-1] + str(int(names[place - 1][-1]) + 1)
        if place == 1 and after is not None and _name(after) == meant:  # w_6, w_6, w_7
            place, meant = 0, name[:-1] + str(int(name[-1]) - 1)
        remark = f"{name} is stated twice in one list, as {listed[first][2]} and as {printed}"
        found.append((listed[place][0], f"{remark}; is {meant} meant?", meant))
    return found


def _name(equation: DeckEquation) -> str:
    tree = equation.sides[0].tree if equation.sides else None
    return tree.id if isinstance(tree, ast.Name) else ""


def _names(tree: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _has_names(tree: ast.expr | None) -> bool:
    return tree is not None and bool(_names(tree))
