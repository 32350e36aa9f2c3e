"""Parts: the sections of a deck in which every name has one meaning.

A file with several exercises is cut at their headings, and where a number that was stated for a
name is stated anew.
"""

from __future__ import annotations

import ast
import re

from autograd_mini.decks.reading import Deck, Equation

HEADING = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|\*\*|\\(?:sub)*section\*?\{|\\paragraph\{|\\frametitle\{"
    r"|\\begin\{frame\}\{|\\question\b)[^\n]*?"
    r"\b(?:Exercise|Example|Problem|Question|Task|Quiz|Aufgabe|Q|Case)\b[ \t.:#]*\(?"
    r"(?P<number>[0-9]+|[IVX]+|[A-Z])\b",
    re.MULTILINE,
)


def parts(deck: Deck) -> list[list[Equation]]:
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
    found: list[list[Equation]] = [[]]
    stated: dict[str, float] = {}
    numbers: dict[int, str] = {}
    for equation in deck.equations:
        if not equation.sides:
            continue
        start = equation.sides[0].start
        heading = sum(place <= start for place in headings)
        number = str(heading) if len(headings) > 1 else ""
        anew = False
        name = _name(equation)
        printed = next((side.printed for side in equation.sides[1:2] if side.printed), "")
        if name and printed and name not in updated and "/" not in name:
            value = float(printed)
            anew = name in stated and abs(stated[name] - value) > 0.01 * max(abs(value), 1e-12)
        if found[-1] and (anew or number != numbers.get(len(found) - 1, number)):
            found.append([])
            stated = {}
        if name and printed and name not in updated:
            stated.setdefault(name, float(printed))
        numbers[len(found) - 1] = number
        found[-1].append(equation)
    return [part for part in found if part]


def _name(equation: Equation) -> str:
    tree = equation.sides[0].tree if equation.sides else None
    return tree.id if isinstance(tree, ast.Name) else ""


def _names(tree: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _has_names(tree: ast.expr | None) -> bool:
    return tree is not None and bool(_names(tree))
