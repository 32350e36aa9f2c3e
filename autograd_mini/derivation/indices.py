"""The indices of formulas: their letters, the numbers that have no name, remarks and tables."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from autograd_mini.derivation.equations import (
    Content,
    Derivative,
    Equation,
    Index,
    Item,
    Number,
    Omission,
    Sentence,
    Summation,
    Table,
    Term,
)
from autograd_mini.derivation.families import (
    Data,
    DoesNotFit,
    Family,
    FormulaPlace,
    Name,
    Operand,
    Slot,
    parts_of,
)
from autograd_mini.derivation.notation import Notation, both_ends, without_ones
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain
from autograd_mini.symbols.numbers import Decimals

MOST_COLUMNS = 6
MOST_ROWS = 40
MOST_VALUES = 3

# Letters for indices of samples and of units, and for numbers that are factors or terms.
SAMPLES, UNITS = "srq", "jkilmnhuv"
FACTORS, TERMS = "xuc", "trd"


class TableRow(NamedTuple):
    """Numbers for a table: those of a derivative, or of a name, by the values of its slots."""

    name: Name
    is_derivative: bool
    slots: Sequence[Slot]
    numbers: Mapping[tuple[int, ...], float]


class Indices:
    """The indices of one explanation, which stand for the same numbers in all its lines."""

    def __init__(self, notation: Notation) -> None:
        self.notation = notation
        self.chain: Chain = notation.chain
        names = self.chain.names
        self._values: dict[str, Value] = {names(value): value for value in names.values}
        self._heads: set[str] = {name.rstrip("_0123456789") for name in self._values}
        # The values that each letter stands for.
        self._letters: dict[str, Slot] = {}
        self._written: set[str] = set()
        # The names of data, by their numbers.
        self._data: dict[object, Name] = {}
        self._rows: list[TableRow] = []
        self._leaves: set[str] = set()
        self._has_probabilities: bool = False

    def content(
        self,
        layers: Mapping[Value, tuple[int, ...]],
        lines: Callable[[list[Value]], list[Equation]],
        further: Callable[[], Iterable[Sentence]] = tuple,
    ) -> Content | None:
        """The lines of steps by layers, with remarks and tables; None if no line has an index.

        layers: of each step, the first number in the order of the lines.
        lines: writes the steps of one layer whose names have one form.
        further: gives remarks once the lines are written.
        """
        groups: dict[tuple[object, ...], list[Value]] = {}
        for step, layer in layers.items():
            form, _ = parts_of(self.chain.names(step))
            groups.setdefault((*layer, form), []).append(step)
        ordered = sorted(groups.values(), key=lambda group: layers[group[0]][0])
        equations = [equation for group in ordered for equation in lines(group)]
        if not self._written:
            return None
        return Content(equations, [*self.remarks(), *further()], self.tables())

    def family(
        self,
        names: Sequence[str],
        lines: Sequence[Sequence[Sequence[Operand]]],
        of_all: bool = True,
    ) -> Family:
        """The family of several lines, with letters for its slots.

        of_all: whether the lines are those of all samples, which the first letter stands for.

        Raises: DoesNotFit.
        """
        family = Family(names, lines, self.place)
        used: set[str] = set()
        for slot in [*family.slots[::-1], *family.sums]:
            slot.letter = self._letter(slot, used, SAMPLES if of_all else SAMPLES[1:])
            used.add(slot.letter)
            self._letters[slot.letter] = slot
        return family

    def families(
        self, names: Sequence[str], columns: Iterable[Sequence[Sequence[Sequence[Operand]]]]
    ) -> list[Family]:
        """The families of the terms of a sum, one for each column of terms.

        Raises: DoesNotFit, also if none of them has an index.
        """
        families = [self.family(names, column) for column in columns]
        if not any(family.slots or family.sums for family in families):
            raise DoesNotFit
        # A sum stands last, where it needs no parentheses.
        return sorted(families, key=lambda family: bool(family.sums))

    def _letter(self, slot: Slot, used: set[str], samples: str) -> str:
        for letter in samples if slot.counts_samples else UNITS:
            known = self._letters.get(letter, slot)
            if letter not in used | self._heads and known.values == slot.values:
                return letter
        raise DoesNotFit

    def place(self, name: str) -> FormulaPlace:
        """The place of a name; a leaf without a label counts as its number."""
        names = self.chain.names
        form, indices = parts_of(name)
        value = self._values.get(name)
        if value is None:
            self._has_probabilities = True
            counts = len(indices) > 1
            return FormulaPlace(
                form, indices, self.notation.softmaxes.probabilities[name].value, counts
            )
        if names.has_label(value):
            return FormulaPlace(form, indices, value.data, names.counts_uses(value))
        if value.op is None:
            return FormulaPlace("", (), value.data)
        return FormulaPlace(name, (), value.data)

    def product(self, family: Family) -> Term:
        """The product of a family, with the sums over its indices."""
        self._written.update(slot.letter for slot in [*family.slots, *family.sums])
        items: list[Item] = []
        for item in family.items:
            tree = item.written(self._name_of)
            if item.is_derivative and isinstance(tree, ast.Name):
                items.append(self._derivative(tree.id))
            else:
                items.append(tree)
        indices = tuple(Index(slot.letter, slot.values) for slot in family.sums)
        term = without_ones(tuple(items))
        return (Summation(indices, term),) if indices else term

    def formula(self, family: Family) -> ast.expr:
        """The one formula of a family."""
        self._written.update(slot.letter for slot in [*family.slots, *family.sums])
        return family.items[0].written(self._name_of)

    def add_leaves(self, family: Family) -> None:
        """Add the numbers of the leaves in a family to the tables, which are not there yet."""
        for item in family.items:
            for name in item.meanings.values():
                if not isinstance(name, Name) or name.written() in self._leaves:
                    continue
                slots = [part for part in name.parts if isinstance(part, Slot)]
                at = list(product(*(slot.values for slot in slots)))
                found = [
                    self._values.get(name.written(dict(zip(slots, indices)))) for indices in at
                ]
                numbers = [value.data for value in found if value is not None and value.op is None]
                if slots and len(numbers) == len(at):
                    self._leaves.add(name.written())
                    self._rows.append(TableRow(name, False, slots, dict(zip(at, numbers))))

    def add_row(self, family: Family, numbers: Iterable[float], is_derivative: bool) -> None:
        """Add the numbers of the left sides of a family to the tables."""
        if family.slots:
            at = [tuple(member[slot] for slot in family.slots) for member in family.members]
            self._rows.append(
                TableRow(family.left, is_derivative, family.slots, dict(zip(at, numbers)))
            )

    def _derivative(self, name: str) -> Derivative:
        return Derivative(self.notation.title, name)

    def _name_of(self, data: Data) -> str:
        """The name of data, which is chosen where the data first occur."""
        numbers = tuple(sorted(data.numbers.items()))
        if numbers not in self._data:
            taken = self._heads | {name.form.partition("{")[0] for name in self._data.values()}
            letters = FACTORS if data.is_factor else TERMS
            free = (letter for letter in letters if letter not in taken)
            head = next(free, f"{letters[0]}{len(self._data) + 1}_")
            form = head + "_".join(["{}"] * len(data.slots))
            self._data[numbers] = Name(form, data.slots)
            self._rows.append(TableRow(self._data[numbers], False, data.slots, data.numbers))
        return Name(self._data[numbers].form, data.slots).written()

    def remarks(self) -> Iterator[Sentence]:
        """States the values of the letters, and defines probabilities that no Value holds."""
        defined = list(self._probabilities_defined())  # which may choose letters
        yield self._values_of_letters()
        yield from defined

    def _values_of_letters(self) -> Sentence:
        samples = [letter for letter in SAMPLES if letter in self._written]
        by_values: dict[tuple[int, ...], list[str]] = {}
        for letter, slot in self._letters.items():
            if letter in self._written and letter not in samples:
                by_values.setdefault(slot.values, []).append(letter)
        sentence: list[str | Item] = []
        for values, letters in by_values.items():
            for place, letter in enumerate(sorted(letters)):
                sentence += [", " if place else "; " if sentence else "where ", ast.Name(letter)]
            sentence.append(f" = {_listed(values)}")
        for letter in samples:
            sentence += ["; " if sentence else "where ", ast.Name(letter)]
            sentence.append(f" = {_listed(self._letters[letter].values)}")
        if samples:
            sentence.append(" counts the samples" if len(samples) == 1 else " count samples")
        return tuple(sentence)

    def _probabilities_defined(self) -> Iterator[Sentence]:
        """Defines the probabilities that no Value of the graph holds."""
        known = self.notation.softmaxes.probabilities
        groups: dict[str, list[str]] = {}
        for name in list(known) if self._has_probabilities else []:
            groups.setdefault(parts_of(name)[0], []).append(name)
        for names in groups.values():
            try:
                family = self.family(names, [[[Operand(known[name].formula)]] for name in names])
            except DoesNotFit:
                continue
            yield "where ", ast.Name(family.left.written()), " = ", self.formula(family)
            self.add_row(family, [known[name].value for name in names], is_derivative=False)

    def tables(self) -> list[Table]:
        """A table for each letter that stands for the columns: the last one of a name."""
        by_letter: dict[str, list[TableRow]] = {}
        for row in sorted(self._rows, key=lambda row: row.is_derivative):
            by_letter.setdefault(row.slots[-1].letter, []).append(row)
        return [self._table(rows) for rows in by_letter.values()]

    def _table(self, rows: Sequence[TableRow]) -> Table:
        column = rows[0].slots[-1]
        write = Decimals(self.notation.digits, [n for row in rows for n in row.numbers.values()])

        def cells(written: Sequence[str]) -> list[Number | None]:
            return both_ends(written, MOST_COLUMNS, Number, lambda count: None)

        lines: list[tuple[Item, list[Number | None]]] = []
        for row in rows:
            *others, _ = row.slots
            for indices in product(*(slot.values for slot in others)):
                name = row.name.written(dict(zip(others, indices)))
                symbol = self._derivative(name) if row.is_derivative else ast.Name(name)
                numbers = [write(row.numbers[(*indices, value)]) for value in column.values]
                lines.append((symbol, cells(numbers)))
        shown = both_ends(
            lines, MOST_ROWS, lambda line: line, lambda count: (Omission(count, "rows"), [])
        )
        return Table(column.letter, cells(list(map(str, column.values))), shown)


def _listed(values: Sequence[int]) -> str:
    """The values of an index: 1, 2, 3; or 1, ..., 4 where they are consecutive."""
    if len(values) > MOST_VALUES and values[-1] - values[0] == len(values) - 1:
        return f"{values[0]}, ..., {values[-1]}"
    return ", ".join(map(str, values))
