"""Slips planted in decks: one digit, sign or index is changed in one place, by a seeded choice."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from autograd_mini.decks.sources import Source

KINDS = {
    "digit": re.compile(r"(?<![\w.^_{])\d*\.\d{3,}(?!\d)"),
    "sign": re.compile(r"(?<=[\w)}\]] )[-+](?= [\w\\(])|(?<=[\w)}\]])[-+](?=[\w\\(])"),
    "index": re.compile(r"(?<=[A-Za-z])(?:\\?_)\{?(?:[a-z]\\?_?)?(\d)(?![\d.])"),
}


class Planted(NamedTuple):
    """A deck with a slip in one line; kind: digit, sign or index."""

    kind: str
    line: int
    text: str
    change: str


def planted(path: Path, number: int, seed: int = 18) -> Iterator[Planted]:
    """So many slips, one kind after the other, each in a place of its own."""
    text = path.read_text(encoding="utf-8")
    choice = random.Random(f"{path.name} {seed}")
    pieces = [piece for piece in Source.read(text, path.name).math() if not piece.prelude]
    places = {
        kind: [
            found.span(1) if kind == "index" else found.span()
            for piece in pieces
            if "=" in text[piece.start : piece.end]
            for found in pattern.finditer(text, piece.start, piece.end)
        ]
        for kind, pattern in KINDS.items()
    }
    for spans in places.values():
        choice.shuffle(spans)
    kinds = [kind for kind in KINDS if places[kind]]
    for place in range(min(number, sum(map(len, places.values())))):
        kind = kinds[place % len(kinds)]
        if not places[kind]:
            kind = max(places, key=lambda each: len(places[each]))
        start, end = places[kind].pop()
        old = text[start:end]
        new = _changed(kind, old, choice)
        line = text.count("\n", 0, start) + 1
        yield Planted(kind, line, text[:start] + new + text[end:], f"{old} -> {new}")


def _changed(kind: str, old: str, choice: random.Random) -> str:
    if kind == "sign":
        return "+" if old == "-" else "-"
    if kind == "index":
        return str(int(old) + 1 if int(old) % 2 else int(old) - 1) if old != "0" else "1"
    # The first digits of a number: another last digit may be a matter of rounding.
    point = old.index(".")
    first = next((i for i, d in enumerate(old) if d in "123456789" and i > point), len(old) - 1)
    at = choice.randrange(first, max(first + 1, len(old) - 1))
    return (
        old[:at] + str((int(old[at]) + choice.choice((2, 3, 4, 5, 6, 7, 8))) % 10) + old[at + 1 :]
    )
