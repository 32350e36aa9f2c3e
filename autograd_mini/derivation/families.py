"""Families: formulas that differ in the numbers of their names only, as one with indices.

A network that is used for four samples has derivatives dloss/dout2_1_1, dloss/dout2_1_2, ..., whose
formulas have one form. A family is that form with letters for the numbers: dloss/dout2_j_s. It is
exact: for each value of its indices it is the formula that it stands for.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple, TypeVar

from autograd_mini.symbols.formulas import Transformer, substitute, total
from autograd_mini.symbols.simplify import addends, key, negated, number

T = TypeVar("T")

NUMBER = re.compile(r"(?<![\d.])(?:0|[1-9]\d*)(?!\d)")
# Longer sums in a formula are not compared.
MOST_ADDENDS = 50


class DoesNotFit(Exception):
    """Raised where formulas are no family."""


def parts_of(name: str) -> tuple[str, tuple[int, ...]]:
    """The form of a name, and the numbers in it.

    >>> parts_of("out1_2_3")
    ('out{}_{}_{}', (1, 2, 3))
    """
    form = NUMBER.sub("{}", name.replace("{", "{{").replace("}", "}}"))
    return form, tuple(map(int, NUMBER.findall(name)))


@dataclass(eq=False)
class Slot:
    """An index: its values, and whether they count samples. Its letter is chosen later."""

    values: tuple[int, ...]
    counts_samples: bool
    letter: str = ""


@dataclass(frozen=True)
class Name:
    """A name with indices for some of its numbers.

    >>> j = Slot((1, 2), False, "j")
    >>> name = Name("w{}_{}", (j, 3))
    >>> name.written(), name.written({j: 2})
    ('w_j_3', 'w2_3')
    """

    form: str
    parts: tuple[Slot | int, ...]

    def written(self, at: Mapping[Slot, int] = {}) -> str:
        """The name with the numbers `at` for its indices, and letters for the others."""
        pieces = self.form.split("{}")
        written = pieces[0]
        for part, piece in zip(self.parts, pieces[1:]):
            shown = at.get(part, part.letter) if isinstance(part, Slot) else part
            # A letter stands apart, so that w5 becomes w_k.
            apart = isinstance(shown, str) and written[-1:] not in ("", "_")
            written += f"{'_' * apart}{shown}{piece}"
        return written.format()


@dataclass(frozen=True)
class Data:
    """Numbers of the graph that have no name, by the values of the slots.

    is_factor: whether each is a factor; otherwise it is part of a formula.
    """

    slots: tuple[Slot, ...]
    numbers: Mapping[tuple[int, ...], float]
    is_factor: bool


class Operand(NamedTuple):
    """One operand of a product: a formula, or a derivative with respect to the name `tree`."""

    tree: ast.expr
    is_derivative: bool = False


class SharedItem(NamedTuple):
    """An item that the products of a family share: its form, and the meanings of the places."""

    tree: ast.expr
    is_derivative: bool
    meanings: dict[str, Name | Data | ast.expr]

    def written(self, name_of: Callable[[Data], str]) -> ast.expr:
        """The formula, once the slots have letters."""
        return substitute(
            self.tree,
            {
                place: ast.Name(meaning.written())
                if isinstance(meaning, Name)
                else ast.Name(name_of(meaning))
                if isinstance(meaning, Data)
                else meaning
                for place, meaning in self.meanings.items()
            },
        )


class FormulaPlace(NamedTuple):
    """The name or the number at one place of a formula. form: of the name, "" for a number."""

    form: str
    indices: tuple[int, ...]
    number: float
    counts_samples: bool = False


Reader = Callable[[str], FormulaPlace]


class Family:
    """A name = a sum over indices of a product, for several names.

    left: the name on the left of each line.
    lines: for each line, the products that it adds up.
    read: the place of a name.

    Raises: DoesNotFit.
    """

    def __init__(
        self, left: Sequence[str], lines: Sequence[Sequence[Sequence[Operand]]], read: Reader
    ) -> None:
        self._members = [read(name) for name in left]
        self._terms: int = _only(map(len, lines))
        self.left: Name = self._left()
        self.slots: list[Slot] = [part for part in self.left.parts if isinstance(part, Slot)]
        # For each line, the values of the slots on its left.
        self.members: list[dict[Slot, int]] = [
            {
                slot: index
                for slot, index in zip(self.left.parts, member.indices)
                if isinstance(slot, Slot)
            }
            for member in self._members
        ]
        # The index of each sum, with its value for each term.
        self._sums: dict[Slot, tuple[int, ...]] = {}
        products = [product for line in lines for product in line]
        items = [
            [product[item] for product in products] for item in range(_only(map(len, products)))
        ]
        patterns = [_pattern([part.tree for part in parts], read) for parts in items]
        self.items: list[SharedItem] = [
            SharedItem(pattern.tree, _only(part.is_derivative for part in parts), {})
            for pattern, parts in zip(patterns, items)
        ]
        for item, pattern in zip(self.items, patterns):
            item.meanings.update(
                (place, self._name(column))
                for place, column in pattern.columns.items()
                if column[0].form
            )
        if math.prod(len(slot.values) for slot in self._sums) != self._terms or (
            self._sums and len(set(zip(*self._sums.values()))) != self._terms
        ):
            raise DoesNotFit
        for item, pattern in zip(self.items, patterns):
            factors = _factors(pattern.tree)
            item.meanings.update(
                (place, self._data(column, place in factors))
                for place, column in pattern.columns.items()
                if not column[0].form
            )

    @property
    def sums(self) -> list[Slot]:
        """The indices of the sum."""
        return list(self._sums)

    def _left(self) -> Name:
        form = _only(member.form for member in self._members)
        columns = list(zip(*(member.indices for member in self._members)))
        parts: list[Slot | int] = []
        for at, column in enumerate(columns):
            values = tuple(sorted(set(column)))
            last = at == len(columns) - 1
            counts = last and all(member.counts_samples for member in self._members)
            parts.append(Slot(values, counts) if len(values) > 1 else values[0])
        grid = math.prod(len(part.values) for part in parts if isinstance(part, Slot))
        if grid != len(self._members) or len(set(self._members)) != grid:
            raise DoesNotFit  # a member of the grid is missing
        return Name(form, tuple(parts))

    def _name(self, column: Sequence[FormulaPlace]) -> Name:
        """A name whose numbers are constants or indices."""
        first = column[0]
        parts: list[Slot | int] = []
        for part in range(len(first.indices)):
            counts = first.counts_samples and part == len(first.indices) - 1
            parts.append(self._part([place.indices[part] for place in column], counts))
        return Name(first.form, tuple(parts))

    def _part(self, values: list[int], counts_samples: bool) -> Slot | int:
        if len(set(values)) == 1:
            return values[0]
        for slot in self.slots:
            of_slot = [member[slot] for member in self.members for _ in range(self._terms)]
            if values == of_slot:
                return slot
        of_terms = tuple(values[: self._terms])
        if tuple(values) != of_terms * len(self._members):
            raise DoesNotFit
        for slot, known in self._sums.items():
            if known == of_terms:
                return slot
        slot = Slot(tuple(sorted(set(of_terms))), counts_samples)
        self._sums[slot] = of_terms
        return slot

    def _data(self, column: Sequence[FormulaPlace], is_factor: bool) -> Data | ast.expr:
        """A number, or numbers that depend on as few slots as possible."""
        values: dict[Slot, list[int]] = {
            slot: [member[slot] for member in self.members for _ in range(self._terms)]
            for slot in self.slots
        } | {slot: [*of_terms] * len(self.members) for slot, of_terms in self._sums.items()}
        ordered = sorted(values, key=lambda slot: slot.counts_samples)
        for count in range(len(ordered) + 1):
            for slots in combinations(ordered, count):
                at = zip(*(values[slot] for slot in slots)) if slots else [()] * len(column)
                numbers: dict[tuple[int, ...], float] = {}
                if all(
                    numbers.setdefault(indices, place.number) == place.number
                    for indices, place in zip(at, column)
                ):
                    return Data(slots, numbers, is_factor) if slots else number(column[0].number)
        raise DoesNotFit


@dataclass(frozen=True)
class SharedForm:
    """The form of several formulas. columns: the places of each formula by the name in `tree`."""

    tree: ast.expr
    columns: Mapping[str, list[FormulaPlace]]


class _Places(Transformer):
    """Replaces the names and the numbers of a formula by numbered names, and lists their places."""

    def __init__(self, read: Reader) -> None:
        self.read = read
        self.places: list[FormulaPlace] = []

    def place(self, place: FormulaPlace) -> ast.expr:
        self.places.append(place)
        return ast.Name(f"{len(self.places)} {place.form}\0")

    def number(self, value: float) -> ast.expr:
        return self.place(FormulaPlace("", (), float(value)))

    def negative(self, operand: ast.expr) -> ast.expr:
        if isinstance(operand, ast.Constant):
            return self.number(-float(str(operand.value)))
        return super().negative(operand)

    def name(self, name: str) -> ast.expr:
        return self.place(self.read(name))


def _pattern(trees: Sequence[ast.expr], read: Reader) -> SharedForm:
    """The form that all `trees` have. Raises: DoesNotFit."""
    try:
        return _equal(trees, read)
    except DoesNotFit:
        return _equal(list(map(_with_term, trees)), read)


def _equal(trees: Sequence[ast.expr], read: Reader) -> SharedForm:
    found = []
    for tree in trees:
        if len(addends(tree)) > MOST_ADDENDS:
            raise DoesNotFit
        places = _Places(read)
        found.append((places.visit(tree), places.places))
    _only(key(tree) for tree, _ in found)
    first, _ = found[0]
    names = [node.id for node in ast.walk(first) if isinstance(node, ast.Name)]
    return SharedForm(
        first,
        {
            name: [places[int(name.partition(" ")[0]) - 1] for _, places in found]
            for name in sorted(name for name in names if name.endswith("\0"))
        },
    )


def form_of(tree: ast.expr, read: Reader) -> str:
    """A text that is equal for formulas that may be a family."""
    return key(_Places(read).visit(tree))


def _with_term(tree: ast.expr) -> ast.expr:
    """`tree` with a number subtracted in its sum, also where that is 0.

    So 2 (y - 1), 2 (y + 1) and 2 y have one form, and so have (y - 1) / 4 and y / 4.
    """
    match tree:
        case ast.BinOp(left=ast.Constant() as left, op=ast.Mult(), right=right):
            return ast.BinOp(left, ast.Mult(), _with_term(right))
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant() as right):
            return ast.BinOp(_with_term(left), ast.Div(), right)
    constant = 0.0
    others = []
    for term in addends(tree):
        match term:
            case ast.Constant(value=int() | float() as value):
                constant += value
            case ast.UnaryOp(operand=ast.Constant(value=int() | float() as value)):
                constant -= value
            case _:
                others.append(term)
    if not others:
        raise DoesNotFit
    if isinstance(others[0], ast.UnaryOp):
        rest = total([negated(term) for term in others])
        return ast.BinOp(ast.Constant(constant), ast.Sub(), rest)
    # A negative constant stands as one place, too.
    return ast.BinOp(total(others), ast.Sub(), ast.Constant(0.0 - constant))


def _factors(tree: ast.expr) -> set[str]:
    """The names in `tree` that are factors of a product, or the name that `tree` is."""
    products = (node for node in ast.walk(tree) if isinstance(node, ast.BinOp))
    factors = [tree] + [
        factor
        for node in products
        if isinstance(node.op, ast.Mult)
        for factor in (node.left, node.right)
    ]
    return {factor.id for factor in factors if isinstance(factor, ast.Name)}


def _only(found: Iterable[T]) -> T:
    """The one thing that is found, however often. Raises: DoesNotFit."""
    different = set(found)
    if len(different) != 1:
        raise DoesNotFit
    return different.pop()
