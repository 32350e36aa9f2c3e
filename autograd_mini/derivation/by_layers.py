"""Derivatives of a network by its layers: one line with indices for each, and tables of numbers."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from autograd_mini.derivation.equations import (
    Content,
    Derivative,
    Equation,
    Number,
    Sentence,
    Side,
)
from autograd_mini.derivation.families import DoesNotFit, Family, Operand, form_of
from autograd_mini.derivation.indices import Indices
from autograd_mini.derivation.notation import Notation, without_repetition
from autograd_mini.derivation.paths import Path, path_through
from autograd_mini.derivation.styles import (
    MOST_EQUATIONS,
    MOST_LINES,
    TotalDerivatives,
    lines_of,
    shared,
)
from autograd_mini.derivation.writers import TextWriter
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain, Factor
from autograd_mini.symbols.formulas import row_of
from autograd_mini.symbols.limits import MOST_FACTORS
from autograd_mini.symbols.names import natural
from autograd_mini.symbols.numbers import Decimals
from autograd_mini.symbols.softmax import Combination
from autograd_mini.symbols.terms import read

# More lines than this do not fit a screen.
SCREEN = 30
NUMBERS = re.compile(r"-?[\d.]+( if [^?]* else -?[\d.]+)+")
# A derivative with terms of more forms than this is written by itself.
MOST_FORMS = 3
# More terms than this in all are not compared.
MOST_TERMS = 30_000


class Combined(NamedTuple):
    """A combination as a family, and the sums that it takes as 1."""

    family: Family
    ones: Sequence[Family]


def overview_by_layers(notation: Notation) -> Content | None:
    """One line for each layer, if indices shorten the lines of all steps."""
    results, leaves = lines_of(notation)
    chain = notation.chain
    steps = [*results, *leaves]
    if len(steps) <= SCREEN and not any(map(chain.names.counts_uses, steps)):
        return None
    totals = TotalDerivatives(notation, {id(step) for step in chain.steps}, brief=True)
    return DerivativesByLayers(notation, totals, MOST_LINES).content(results, leaves)


def derivative_by_layers(notation: Notation, wrt: Value) -> Content | None:
    """The derivatives that paths share, one line for each layer, if indices shorten them."""
    steps = shared(notation, wrt)
    chain = notation.chain
    if len(steps) < MOST_EQUATIONS and not any(map(chain.names.counts_uses, steps)):
        return None
    totals = TotalDerivatives(notation, {id(step) for step in [chain.root, *steps]}, brief=True)
    return DerivativesByLayers(notation, totals, MOST_EQUATIONS).content(steps, [wrt])


class DerivativesByLayers:
    """Writes d root / d step for several steps, with indices where their formulas are a family.

    totals: writes the steps that belong to no family.
    most: of more steps than this that belong together but are no family, both ends are written.
    """

    def __init__(self, notation: Notation, totals: TotalDerivatives, most: int) -> None:
        self.notation = notation
        self.totals = totals
        self.most = most
        self.chain: Chain = notation.chain
        self.indices: Indices = Indices(notation)
        # The derivatives of operations whose rules have branches, by name.
        self._slopes: dict[str, ast.expr] = {}

    def content(self, results: Sequence[Value], leaves: Sequence[Value]) -> Content | None:
        """The lines of `results`, from the root down, and of `leaves`; None if none has indices."""
        steps = [*results, *leaves]
        if sum(len(self.chain.above(step)) for step in steps) > MOST_TERMS:
            return None
        depths: dict[Value, int] = {self.chain.root: 0}
        layers: dict[Value, tuple[int, int]] = {}
        for place, step in enumerate(steps):
            depths[step] = 1 + max(depths[path.start] for path in self._paths(step))
            level = depths[step] if place < len(results) else len(steps)
            layers[step] = level, depths[step]
        return self.indices.content(layers, self._lines, self._slopes_defined)

    def _lines(self, steps: list[Value]) -> list[Equation]:
        """One line for all steps, and the combination that it simplifies to; else plain lines."""
        names = [self.chain.names(step) for step in steps]
        try:
            if not all(map(self._is_plain, steps)):
                raise DoesNotFit
            combination = self._combination(steps, names)
        except DoesNotFit:
            return self.totals.of_each(steps, self.most)
        try:
            families = self._families(steps, names)
            lines = [self._equation(families, steps)]
            shown: Family | None = families[0]
        except DoesNotFit:
            lines = self._parts(steps, in_tables=combination is None)
            shown = combination.family if combination else None
        if combination is not None:
            self.totals.combined.update(steps)
            ones = map(self.indices.formula, combination.ones)
            notes = [sentence for one in ones for sentence in self.notation.said_once(one)]
            further = self._equation([combination.family], steps, notes)
            if not any(_is_same(further, line) for line in lines):
                lines.append(further)
        if shown is not None:
            self._add_row(shown, steps)
        return lines

    def _add_row(self, family: Family, steps: Sequence[Value]) -> None:
        self.indices.add_row(family, map(self.chain.derivative, steps), is_derivative=True)

    def _parts(self, steps: Sequence[Value], in_tables: bool) -> list[Equation]:
        """Lines for the steps whose derivatives have one form, such as the samples of a class.

        in_tables: whether the tables get their numbers.
        """
        parts: dict[object, list[Value]] = {}
        try:
            for step in steps:
                forms = self._by_form(map(self._product, self._paths(step)))
                parts.setdefault(tuple(forms), []).append(step)
        except DoesNotFit:
            return self.totals.plain_of_each(steps, self.most)
        lines = []
        for part in parts.values():
            try:
                names = [self.chain.names(step) for step in part]
                products = [list(map(self._product, self._paths(step))) for step in part]
                family = self.indices.family(names, products, of_all=False)
            except DoesNotFit:
                lines += self.totals.plain_of_each(part, self.most)
            else:
                lines.append(self._equation([family], part))
                if in_tables:
                    self._add_row(family, part)
        return lines

    def _families(self, steps: Sequence[Value], names: Sequence[str]) -> list[Family]:
        """One family of all terms; or several, each of the terms that have one form.

        Raises: DoesNotFit.
        """
        lines = [list(map(self._product, self._paths(step))) for step in steps]
        try:
            return self.indices.families(names, [lines])
        except DoesNotFit:
            by_form = list(map(self._by_form, lines))
            forms = list(by_form[0])
            if not 1 < len(forms) <= MOST_FORMS or any(each.keys() != {*forms} for each in by_form):
                raise
            columns = ([each[form] for each in by_form] for form in forms)
            return self.indices.families(names, columns)

    def _by_form(
        self, products: Iterable[list[Operand]]
    ) -> dict[tuple[str, ...], list[list[Operand]]]:
        """The products of one line by their forms."""
        found: dict[tuple[str, ...], list[list[Operand]]] = {}
        for parts in products:
            form = tuple(form_of(part.tree, self.indices.place) for part in parts)
            found.setdefault(form, []).append(parts)
        return found

    def _is_plain(self, step: Value) -> bool:
        """True if `step` has a label, and its derivative needs no remark."""
        return self.chain.names.has_label(step) and not math.isnan(self.chain.derivative(step))

    def _paths(self, step: Value) -> list[Path]:
        """The paths up from `step` to the next stops, in the order of their names."""
        paths = [
            path_through(self.chain, first, self.totals.stops) for first in self.chain.above(step)
        ]
        return sorted(paths, key=lambda path: natural(self.chain.names(path.start)))

    def _product(self, path: Path) -> list[Operand]:
        """The contribution of a path, as one term. Raises: DoesNotFit if it is very long."""
        if len(path.factors) > MOST_FACTORS:
            raise DoesNotFit
        factors = [Operand(self._formula(factor)) for factor in path.factors]
        if path.start is self.chain.root:
            return factors
        return [Operand(self.notation.name(path.start), is_derivative=True), *factors]

    def _formula(self, factor: Factor) -> ast.expr:
        """The formula of a factor; relu'(net) where the rule of one operation has branches."""
        section = self.chain.section(factor.result)
        row = row_of(factor.result)
        if not any(has_branches(rule) for node in section for rule in row_of(node).partials):
            return self.notation.softmaxes.factor(factor)
        if len(section) > 1 or row.arity > 1:
            raise DoesNotFit  # the branches that are taken would stand as numbers
        slope = f"{row.name}'"
        self._slopes[slope] = read(row.partials[0])
        return ast.Call(ast.Name(slope), [self.notation.name(factor.operand)], [])

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
        family = self.indices.family(names, [[[Operand(each.formula)]] for each in known])
        if not family.slots:
            raise DoesNotFit
        ones = [
            self.indices.family(names, [[[Operand(one)]] for one in column])
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
        self, families: Sequence[Family], steps: Sequence[Value], notes: Sequence[Sentence] = ()
    ) -> Equation:
        family = families[0]
        sides: list[Side] = [tuple(map(self.indices.product, families))]
        if not family.slots:
            (value,) = map(self.chain.derivative, steps)
            sides.append(((Number(Decimals(self.notation.digits, [value])(value)),),))
        left = Derivative(self.notation.title, family.left.written())
        return Equation(left, without_repetition(left, sides), notes, inline=True)

    def _slopes_defined(self) -> Iterator[Sentence]:
        for slope, tree in self._slopes.items():
            yield "where ", ast.Call(ast.Name(slope), [ast.Name("x")], []), " = ", tree


def has_branches(rule: str) -> bool:
    """True if a rule chooses between numbers, as the rule of relu does."""
    return NUMBERS.fullmatch(rule) is not None


def _is_same(left: Equation, right: Equation) -> bool:
    """True if both have the same sides."""
    write = TextWriter().equation
    return write(left) == write(right)
