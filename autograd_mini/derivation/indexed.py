"""The derivatives of a network with indices: one line for a layer, and tables of the numbers."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
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
    Side,
    Summation,
    Table,
)
from autograd_mini.derivation.families import (
    Data,
    DoesNotFit,
    Family,
    Name,
    Part,
    Place,
    Slot,
    parts_of,
)
from autograd_mini.derivation.notation import Notation, both_ends, without_ones
from autograd_mini.derivation.paths import Path, path_through
from autograd_mini.derivation.styles import MOST_EQUATIONS, Totals, lines_of, shared
from autograd_mini.derivation.writers import TextWriter
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain, Factor
from autograd_mini.symbols.formulas import read, row_of
from autograd_mini.symbols.limits import MOST_FACTORS
from autograd_mini.symbols.names import natural
from autograd_mini.symbols.numbers import Decimals
from autograd_mini.symbols.softmax import Combination

# More lines than this do not fit a screen.
SCREEN = 30
# More terms than this in all are not compared.
MOST_TERMS = 30_000
MOST_COLUMNS = 6
MOST_ROWS = 40
MOST_VALUES = 3

# Letters for indices of samples and of units, and for numbers that are factors or terms.
SAMPLES, UNITS = "srq", "jkilmnhuv"
FACTORS, TERMS = "xuc", "trd"


class Row(NamedTuple):
    """Numbers for a table: those of a derivative, or of a name, by the values of its slots."""

    name: Name
    is_derivative: bool
    slots: Sequence[Slot]
    numbers: Mapping[tuple[int, ...], float]


class Combined(NamedTuple):
    """A combination as a family, and the sums that it takes as 1."""

    family: Family
    ones: Sequence[Family]


def indexed_overview(notation: Notation) -> Content | None:
    """One line for each layer, if indices shorten the lines of all steps; see `Indexed`."""
    results, leaves = lines_of(notation)
    chain = notation.chain
    steps = [*results, *leaves]
    if len(steps) <= SCREEN and not any(map(chain.names.counts_uses, steps)):
        return None
    totals = Totals(notation, {id(step) for step in chain.steps}, brief=True)
    return Indexed(notation, totals).content(results, leaves)


def indexed_derivative(notation: Notation, wrt: Value) -> Content | None:
    """The derivatives that paths share, one line for each layer, if indices shorten them."""
    steps = shared(notation, wrt)
    chain = notation.chain
    if len(steps) < MOST_EQUATIONS and not any(map(chain.names.counts_uses, steps)):
        return None
    totals = Totals(notation, {id(step) for step in [chain.root, *steps]}, brief=True)
    return Indexed(notation, totals).content(steps, [wrt])


class Indexed:
    """Writes d root / d step for several steps, with indices where their formulas are a family.

    totals: writes the steps that belong to no family.
    """

    def __init__(self, notation: Notation, totals: Totals) -> None:
        self.notation = notation
        self.totals = totals
        self.chain: Chain = notation.chain
        names = self.chain.names
        self._values: dict[str, Value] = {names(value): value for value in names.values}
        self._heads: set[str] = {name.rstrip("_0123456789") for name in self._values}
        # The values that each letter stands for.
        self._letters: dict[str, Slot] = {}
        # The names of data, by their numbers.
        self._data: dict[object, Name] = {}
        self._rows: list[Row] = []
        self._probabilities: dict[str, None] = {}
        self._slopes: dict[str, ast.expr] = {}

    def content(self, results: Sequence[Value], leaves: Sequence[Value]) -> Content | None:
        """The lines of `results`, from the root down, and of `leaves`; None if none has indices."""
        steps = [*results, *leaves]
        if sum(len(self.chain.above(step)) for step in steps) > MOST_TERMS:
            return None
        depths: dict[Value, int] = {self.chain.root: 0}
        groups: dict[tuple[int, str, int], list[Value]] = {}
        for place, step in enumerate(steps):
            depth = 1 + max(depths[path.start] for path in self._paths(step))
            form, _ = parts_of(self.chain.names(step))
            level = depth if place < len(results) else len(steps)
            groups.setdefault((level, form, depth), []).append(step)
            depths[step] = depth
        ordered = sorted(groups.items(), key=lambda group: group[0][0])
        equations = [line for _, group in ordered for line in self._lines(group)]
        if not self._letters:
            return None
        defined = [*self._slopes_defined(), *self._probabilities_defined()]
        return Content(equations, [*self._indices(), *defined], self._tables())

    def _lines(self, steps: list[Value]) -> list[Equation]:
        """One line for all steps, and the combination that it simplifies to; else plain lines."""
        names = [self.chain.names(step) for step in steps]
        try:
            if not all(map(self._is_plain, steps)):
                raise DoesNotFit
            combination = self._combination(steps, names)
        except DoesNotFit:
            return self.totals.of_each(steps, MOST_EQUATIONS)
        try:
            family = self._family(names, list(map(self._products, steps)))
            lines = [self._equation(family, steps)]
        except DoesNotFit:
            if combination is None:
                return self.totals.of_each(steps, MOST_EQUATIONS)
            family = combination.family
            lines = self.totals.plain_of_each(steps, MOST_EQUATIONS)
        if combination is not None:
            self.totals.combined.update(steps)
            ones = map(self._tree, combination.ones)
            notes = [sentence for one in ones for sentence in self.notation.said_once(one)]
            further = self._equation(combination.family, steps, notes)
            if not any(_is_same(further, line) for line in lines):
                lines.append(further)
        if family.slots:
            indices = [tuple(member[slot] for slot in family.slots) for member in family.members]
            numbers = map(self.chain.derivative, steps)
            self._rows.append(Row(family.left, True, family.slots, dict(zip(indices, numbers))))
        return lines

    def _is_plain(self, step: Value) -> bool:
        """True if `step` has a label, and its derivative needs no remark."""
        return self.chain.names.has_label(step) and not math.isnan(self.chain.derivative(step))

    def _family(self, names: Sequence[str], lines: Sequence[Sequence[Sequence[Part]]]) -> Family:
        """The family, with letters for its slots. Raises: DoesNotFit."""
        family = Family(names, lines, self._place)
        if not family.slots and not family.sums:
            raise DoesNotFit
        used: set[str] = set()
        for slot in [*family.slots[::-1], *family.sums]:
            slot.letter = self._letter(slot, used)
            used.add(slot.letter)
        return family

    def _letter(self, slot: Slot, used: set[str]) -> str:
        for letter in SAMPLES if slot.counts_samples else UNITS:
            known = self._letters.get(letter, slot)
            if letter not in used | self._heads and known.values == slot.values:
                return letter
        raise DoesNotFit

    def _paths(self, step: Value) -> list[Path]:
        """The paths up from `step` to the next stops, in the order of their names."""
        paths = [
            path_through(self.chain, first, self.totals.stops) for first in self.chain.above(step)
        ]
        return sorted(paths, key=lambda path: natural(self.chain.names(path.start)))

    def _products(self, step: Value) -> list[list[Part]]:
        """The terms of d root / d step."""
        return [
            [
                *(
                    [Part(self.notation.name(path.start), True)]
                    * (path.start is not self.chain.root)
                ),
                *(Part(self._formula(factor)) for factor in path.factors),
            ]
            for path in self._paths(step)
            if self._is_short(path)
        ]

    def _is_short(self, path: Path) -> bool:
        if len(path.factors) > MOST_FACTORS:
            raise DoesNotFit
        return True

    def _formula(self, factor: Factor) -> ast.expr:
        """The formula of a factor; relu'(net) where the rule of one operation has branches."""
        section = self.chain.section(factor.result)
        row = row_of(factor.result)
        if len(section) > 1 or row.arity > 1 or " if " not in row.partials[0]:
            return self.notation.softmaxes.factor(factor)
        slope = f"{row.name}'"
        self._slopes[slope] = read(row.partials[0])
        return ast.Call(ast.Name(slope), [self.notation.name(factor.operand)], [])

    def _place(self, name: str) -> Place:
        """The place of a name; a leaf without a label counts as its number."""
        names = self.chain.names
        form, indices = parts_of(name)
        value = self._values.get(name)
        if value is None:
            self._probabilities[name] = None
            counts = len(indices) > 1
            return Place(form, indices, self.notation.softmaxes.probabilities[name].value, counts)
        if names.has_label(value):
            return Place(form, indices, value.data, names.counts_uses(value))
        if value.op is None:
            return Place("", (), value.data)
        return Place(f"{name}\0", (), value.data)

    def _combination(self, steps: Sequence[Value], names: Sequence[str]) -> Combined | None:
        """The form that the derivatives simplify to, if they do. Raises: DoesNotFit."""
        if not self.notation.softmaxes.can_combine:
            return None
        combined = self.totals.combined
        if combined.issuperset(path.start for step in steps for path in self._paths(step)):
            combined.update(steps)
            return None
        found = list(map(self.notation.softmaxes.combination, steps))
        if not any(found):
            return None
        # Where nothing cancels, the derivative may have the form already: y beside y - 1.
        known = [
            each or Combination(self._only_factor(step), []) for step, each in zip(steps, found)
        ]
        if len({len(each.ones) for each in known}) > 1:
            raise DoesNotFit
        family = self._family(names, [[[Part(each.formula)]] for each in known])
        ones = [
            self._family(names, [[[Part(one)]] for one in column])
            for column in zip(*(each.ones for each in known))
        ]
        return Combined(family, ones)

    def _only_factor(self, step: Value) -> ast.expr:
        """The factor that is the whole derivative. Raises: DoesNotFit if there are several."""
        paths = self._paths(step)
        if len(paths) > 1 or len(paths[0].factors) > 1 or paths[0].start is not self.chain.root:
            raise DoesNotFit
        return self.notation.softmaxes.factor(paths[0].factors[0])

    def _equation(
        self, family: Family, steps: Sequence[Value], notes: Sequence[Sentence] = ()
    ) -> Equation:
        self._letters |= {slot.letter: slot for slot in [*family.slots, *family.sums]}
        written = [item.written(self._name_of) for item in family.items]
        items = tuple(
            self._derivative(tree.id) if item.is_derivative and isinstance(tree, ast.Name) else tree
            for item, tree in zip(family.items, written)
        )
        term: tuple[Item, ...] = without_ones(items)
        if family.sums:
            indices = tuple(Index(slot.letter, slot.values) for slot in family.sums)
            term = (Summation(indices, term),)
        sides: list[Side] = [(term,)]
        if not family.slots:
            (value,) = map(self.chain.derivative, steps)
            sides.append(((Number(Decimals(self.notation.digits, [value])(value)),),))
        return Equation(self._derivative(family.left.written()), sides, notes, inline=True)

    def _derivative(self, name: str) -> Derivative:
        return Derivative(self.notation.title, name)

    def _tree(self, family: Family) -> ast.expr:
        self._letters |= {slot.letter: slot for slot in [*family.slots, *family.sums]}
        return family.items[0].written(self._name_of)

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
            self._rows.append(Row(self._data[numbers], False, data.slots, data.numbers))
        return Name(self._data[numbers].form, data.slots).written()

    # -- remarks ---------------------------------------------------------------------------------

    def _indices(self) -> Iterator[Sentence]:
        """States the values of the letters, and that data are numbers."""
        samples = [letter for letter, slot in self._letters.items() if slot.counts_samples]
        by_values: dict[tuple[int, ...], list[str]] = {}
        for letter, slot in self._letters.items():
            if letter not in samples:
                by_values.setdefault(slot.values, []).append(letter)
        sentence: list[str | Item] = []
        for values, letters in by_values.items():
            for place, letter in enumerate(sorted(letters)):
                sentence += [", " if place else "; " if sentence else "where ", ast.Name(letter)]
            sentence.append(f" = {_listed(values)}")
        for letter in samples:
            sentence += ["; " if sentence else "where ", ast.Name(letter)]
            sentence.append(f" = {_listed(self._letters[letter].values)} counts the samples")
        yield tuple(sentence)

    def _slopes_defined(self) -> Iterator[Sentence]:
        for slope, tree in self._slopes.items():
            yield "where ", ast.Call(ast.Name(slope), [ast.Name("x")], []), " = ", tree

    def _probabilities_defined(self) -> Iterator[Sentence]:
        """Defines the probabilities that no Value of the graph holds."""
        known = self.notation.softmaxes.probabilities
        groups: dict[str, list[str]] = {}
        for name in list(known) if self._probabilities else []:
            groups.setdefault(parts_of(name)[0], []).append(name)
        for names in groups.values():
            try:
                family = self._family(names, [[[Part(known[name].formula)]] for name in names])
            except DoesNotFit:
                continue
            yield "where ", ast.Name(family.left.written()), " = ", self._tree(family)
            indices = [tuple(member[slot] for slot in family.slots) for member in family.members]
            numbers = dict(zip(indices, (known[name].value for name in names)))
            self._rows.append(Row(family.left, False, family.slots, numbers))

    # -- tables ----------------------------------------------------------------------------------

    def _tables(self) -> list[Table]:
        """A table for each letter that stands for the columns: the last one of a name."""
        by_letter: dict[str, list[Row]] = {}
        for row in sorted(self._rows, key=lambda row: row.is_derivative):
            by_letter.setdefault(row.slots[-1].letter, []).append(row)
        return [self._table(rows) for rows in by_letter.values()]

    def _table(self, rows: Sequence[Row]) -> Table:
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


def _is_same(left: Equation, right: Equation) -> bool:
    """True if both have the same sides."""
    write = TextWriter().equation
    return write(left) == write(right)


def _listed(values: Sequence[int]) -> str:
    """The values of an index: 1, 2, 3; or 1, ..., 4 where they are consecutive."""
    if len(values) > MOST_VALUES and values[-1] - values[0] == len(values) - 1:
        return f"{values[0]}, ..., {values[-1]}"
    return ", ".join(map(str, values))
