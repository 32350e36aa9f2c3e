"""Lines of numbers: the formula that each stands for, and whether its numbers fit that formula."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograd_mini.decks.definitions import (
    Assertion,
    Definitions,
    Term,
    occurring_names,
)
from autograd_mini.decks.given import (
    COMPUTED,
    DOUBTFUL,
    STATED,
    GivenNumber,
    Votes,
    agree,
    leads_to,
)
from autograd_mini.decks.names import neighbours
from autograd_mini.decks.operands import PrintedOperand, conflict, match
from autograd_mini.decks.reading import Side
from autograd_mini.decks.trees import UPDATE, sign_changes, with_number, written

# Rows about the same name, the nearest first, in which the formula of a line is looked for.
MOST_ROWS = 12


class NumberLines:
    """The lines of numbers of a part.

    votes: what is stated for leaves. figured: the numbers that are printed for each name.
    occurring: all names.
    """

    def __init__(self, definitions: Definitions, rows: list[Assertion]) -> None:
        self.definitions = definitions
        self.rows = rows
        self.votes: Votes = Votes()
        self.figured: dict[str, list[str]] = {}
        self.occurring: set[str] = {*occurring_names(rows)}
        self.places: dict[str, list[int]] = {}  # of the rows about a name
        self.row_places: dict[int, int] = {id(row): place for place, row in enumerate(rows)}
        self.computed_right: dict[int, bool] = {}  # for lines of numbers that were looked at
        for place, row in enumerate(rows):
            self.places.setdefault(row.name, []).append(place)
            if printed := [term.side.printed for term in row.terms if term.side.printed]:
                self.figured.setdefault(row.name, []).extend(printed)

    def given(self) -> dict[str, GivenNumber]:
        """The number of each leaf."""
        for name, side in self.stated_leaves():
            self.votes.add(name, side.printed, side, STATED)
        for row, term in self.numbers():
            right = self.is_computed_right(row, term)
            for name, printed in self.leaves_among(row, term):
                # A minus may be the formula's: -0.6 for b above 0.4 + 0.6 if that has - b.
                weight = COMPUTED if right and not printed.startswith("-") else DOUBTFUL
                self.votes.add(name, printed, term.side, weight)
        return self.votes.count()

    def stated_leaves(self) -> Iterator[tuple[str, Side]]:
        """Leaves whose number is stated: w1 = 0.15."""
        for row in self.rows:
            name = row.name
            if name and self.is_leaf(name):
                for term in row.terms:
                    if term.side.printed and term.side.relation == "=":
                        yield name, term.side

    def numbers(self) -> Iterator[tuple[Assertion, Term]]:
        """The sides that are computed from numbers."""
        for row in self.rows:
            for term in row.terms:
                if term.is_number and not term.side.printed:
                    yield row, term

    def is_leaf(self, name: str) -> bool:
        return (
            "/" not in name and not name.endswith(UPDATE) and name not in self.definitions.formulas
        )

    def operands(self, row: Assertion, term: Term) -> list[PrintedOperand]:
        """The names that the numbers of a line stand for."""
        assert term.tree is not None
        numbers = self.with_right_sign(row, term)
        for formula in self.formulas(row, term):
            operands = match(formula, numbers, self.known)
            if operands is not None:
                return self.with_other_sign(formula, numbers)[1] or operands
        return []

    def with_right_sign(self, row: Assertion, term: Term) -> ast.expr:
        """The numbers of a line; with another sign if only with that they lead to their result."""
        assert term.tree is not None
        if self.is_computed_right(row, term):
            return term.tree
        printed = self.result(row, term)
        right = [tree for tree in sign_changes(term.tree) if leads_to(tree, printed)]
        return right[0] if len(right) == 1 else term.tree

    def with_other_sign(
        self, formula: ast.expr, numbers: ast.expr
    ) -> tuple[ast.expr | None, list[PrintedOperand]]:
        """The formula with the one other sign that numbers fit if they do not fit it as it is."""
        operands = match(formula, numbers, self.known)
        if operands is None or any(self.fits(*each) < 0 for each in operands):
            for changed in sign_changes(formula):
                others = match(changed, numbers, self.known) or []
                fits = [self.fits(*each) for each in others]
                if fits and min(fits) >= 0 and max(fits) > 0:
                    return changed, others
        return None, []

    def known(self, tree: ast.expr, printed: str) -> int:
        return self.votes.known(tree.id, printed) if isinstance(tree, ast.Name) else 0

    def leaves_among(self, row: Assertion, term: Term) -> Iterator[tuple[str, str]]:
        """The leaves among the numbers of a line, with their digits."""
        for tree, printed in self.operands(row, term):
            if isinstance(tree, ast.Name) and self.is_leaf(tree.id):
                yield tree.id, printed

    def formulas(self, row: Assertion, term: Term) -> Iterator[ast.expr]:
        """The formulas that numbers may stand for: of their own line first, then the nearest."""
        place = next(i for i, other in enumerate(row.terms) if other is term)
        for other in reversed([row.head, *row.terms[:place]]):
            if other.tree is not None and not other.is_number:
                yield other.tree
        if not row.name:
            return
        here = self.row_places[id(row)]
        same = sorted(self.places[row.name], key=lambda i: (abs(i - here), i > here))
        for index in [i for i in same if i != here][:MOST_ROWS]:
            for other in self.rows[index].terms:
                if other.tree is not None and not other.is_number:
                    yield other.tree
        name = row.name
        if name in self.definitions.formulas:
            yield self.definitions.formulas[name]
        if (updated := name.removesuffix(UPDATE)) in self.definitions.updates and updated != name:
            yield self.definitions.updates[updated]

    def misprint(self, formula: ast.expr, row: Assertion, term: Term) -> tuple[str, str] | None:
        """A name with two numbers in a line, one of them wrong, and a remark.

        The right one is the one that the deck prints elsewhere, or with which the line leads to its
        result. None if one is the number of a neighbour, or the line is right.
        """
        assert term.tree is not None
        found = conflict(formula, term.tree)
        if found is None or "/" in found[0]:
            return None
        name, *pair = found
        beside = [
            self.fits(ast.Name(other), each)
            for other in neighbours(name, self.occurring)
            for each in pair
        ]
        only_sign = pair[0].lstrip("-") == pair[1].lstrip("-")
        result = self.result(row, term)
        if 1 in beside or (self.is_computed_right(row, term) if result else only_sign):
            return None  # the slip is in the formula
        for right, wrong in (pair, pair[::-1]):
            fits = [self.fits(ast.Name(name), each) for each in (right, wrong)]
            leads = bool(result) and leads_to(with_number(term.tree, wrong, right), result)
            if fits == [1, -1] or (fits == [0, 0] and leads):
                return name, f"its line puts {wrong} for {name}, which is {right}"
        return (name, f"its line puts {pair[0]} and {pair[1]} for {name}") if beside else None

    def against(self, formula: ast.expr, row: Assertion, term: Term) -> str:
        """The reason why the numbers below a formula do not stand for it, or ""."""
        numbers = term.tree
        assert numbers is not None
        if found := conflict(formula, numbers):
            return "the numbers of its line put {1} and {2} for {0}".format(*found)
        if not (self.result(row, term) and self.is_computed_right(row, term)):
            return ""
        operands = match(formula, numbers, self.known)
        against = [each for each in operands or () if self.fits(*each) < 0]
        changed, _ = self.with_other_sign(formula, numbers)
        if changed is not None:
            return f"the numbers of its line are those of {written(changed)}"
        if len(against) == 1 and isinstance(against[0].tree, ast.Name):
            name = against[0].tree.id
            for other in neighbours(name, self.occurring):
                if self.fits(ast.Name(other), against[0].printed) > 0:
                    return f"the number of its line for {name} is that of {other}"
        return ""

    def result(self, row: Assertion, term: Term) -> str:
        """The number that is printed behind the numbers of a line, perhaps in the next row."""
        place = next(i for i, other in enumerate(row.terms) if other is term)
        here = self.row_places[id(row)]
        after = self.rows[here + 1 : here + 2]
        following = [
            *row.terms[place + 1 :],
            *(after[0].terms if after and after[0].name == row.name else []),
        ]
        further = (each for each in following if not each.is_number or each.side.printed)
        last = next(further, None)
        return last.side.printed if last is not None else ""

    def is_computed_right(self, row: Assertion, term: Term) -> bool:
        """True unless the numbers of a line do not lead to the number that is printed behind."""
        assert term.tree is not None
        if id(term) not in self.computed_right:
            printed = self.result(row, term)
            self.computed_right[id(term)] = not printed or leads_to(term.tree, printed)
        return self.computed_right[id(term)]

    def fits(self, tree: ast.expr, printed: str) -> int:
        """1 if a number is the one that the deck prints for a name, -1 if not, 0 if unknown."""
        if not isinstance(tree, ast.Name):
            return 0
        if self.is_leaf(tree.id):
            return self.known(tree, printed)
        stated = self.figured.get(tree.id, [])
        return (1 if any(agree(one, printed) for one in stated) else -1) if stated else 0
