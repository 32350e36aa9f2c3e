"""Derivatives of a large graph by its blocks: the norm of the gradient that reaches each.

A table has a row for each block and, where scopes repeat the scopes inside them, a column for each.
An entry is the norm of the derivatives with respect to the results of a block.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from autograd_mini.derivation.equations import Content, Equation, Number, Sentence, Table, TableCell
from autograd_mini.derivation.notation import Notation, both_ends
from autograd_mini.derivation.remarks import in_words
from autograd_mini.engine.graph import dependents, edges, reverse_sweep
from autograd_mini.engine.value import Value
from autograd_mini.symbols.blocks import ScopeBlock, blocks_of, in_order, place_of
from autograd_mini.symbols.chain import softmax_totals
from autograd_mini.symbols.numbers import Decimals, format_number

# A graph with more values is explained by blocks if its scopes are a table, or if no indices fit;
# one without scopes, if it has more than MANY.
LARGEST, MANY = 300, 3000
FEWEST_BLOCKS = 3
MOST_COLUMNS, MOST_ROWS = 8, 26
DIGITS = 4


def by_blocks(notation: Notation, wrt: Sequence[Value], *, is_one: bool) -> Content | None:
    """The derivatives that lead to `wrt`, by blocks; None for a small graph or one without blocks.

    is_one: whether the derivative with respect to one value is explained, not several.
    """
    chain = notation.chain
    values = chain.names.values
    has_scopes = 2 * sum(bool(value.scope) for value in values) >= len(values)
    if len(values) <= (LARGEST if has_scopes else MANY):
        return None
    blocks = Blocks(values, chain.root, wrt)
    if len({block.name for block in blocks.of}) < (FEWEST_BLOCKS if has_scopes else 2):
        return None
    one = wrt[0] if is_one else None
    end = chain.root if one is None else one
    value = blocks.adjoints.get(end, 0.0)
    number = Number(Decimals(notation.digits, [value])(value))
    equation = Equation(notation.derivative(end), [((number,),)], inline=True)
    root = notation.name(chain.root)
    remarks: list[Sentence] = [(sentence,) for sentence in blocks.softmaxes()]
    if one is not None:
        paths = in_words(chain.path_count(one))
        remarks.insert(0, (notation.name(one), " reaches ", root, f" along {paths} paths."))
    norm = "The norm of the derivatives of ", root, " with respect to the results of each block"
    only = (", as far as these depend on ", notation.name(one)) if one is not None else ()
    remarks.append((*norm, *only, ", and the largest of them."))
    if blocks.columns and one is not None:
        remarks.append(("The last row has the parts that add up to this derivative.",))
    elif blocks.columns:
        remarks.append(("The rows of leaves have the parts that come from each column.",))
    if not has_scopes:
        remarks.append(("`with scope(...)` around the parts of the program gives each a row.",))
    return Content([equation], remarks, [blocks.table(one, notation)])


class Blocks:
    """The blocks of a graph whose results depend on `wrt`, and the derivatives of the root.

    of: the blocks, from the root down, with the results that depend on `wrt` alone.
    """

    def __init__(self, values: Sequence[Value], root: Value, wrt: Iterable[Value]) -> None:
        self.values = values
        self.root = root
        self.adjoints: dict[Value, float] = reverse_sweep(values, {root: 1.0}, edges)
        self._relevant = dependents(values, wrt)
        found = (
            block._replace(values=[value for value in block.values if value in self._relevant])
            for block in [*self._scores(), *blocks_of(values, root)]
        )
        order = {value: place for place, value in enumerate(values)}
        self.of: list[ScopeBlock] = sorted(
            (block for block in found if block.values),
            key=lambda block: (block.values[0].op is None, -order[block.values[-1]]),
        )

    def norm(self, values: Iterable[Value]) -> float:
        """The norm of the derivatives of the root with respect to `values`."""
        return math.hypot(*(self.adjoints.get(value, 0.0) for value in values))

    # -- softmax ----------------------------------------------------------------------------------

    @cached_property
    def _softmaxes(self) -> dict[tuple[Value, ...], list[float]]:
        """The probabilities of each softmax, by its scores."""
        found: dict[tuple[Value, ...], list[float]] = {}
        for total, (powers, adds_one) in softmax_totals(self.values).items():
            if not adds_one:
                found[_scores_of(powers)] = [power.data / total.data for power in powers]
        return found

    @cached_property
    def _uses(self) -> Counter[tuple[Value, ...]]:
        """The number of probabilities of each softmax, by its scores, that the root depends on."""
        uses: Counter[tuple[Value, ...]] = Counter()
        totals = softmax_totals(self.values)
        for value in self.values:
            total = value.operands[-1] if value.op and value.op.name == "div" else None
            if isinstance(total, Value) and total in totals and self.adjoints.get(value):
                uses[_scores_of(totals[total].powers)] += 1
        return uses

    def _scores(self) -> list[ScopeBlock]:
        """A block for the scores of the softmaxes in a scope."""
        blocks: dict[tuple[str, str], ScopeBlock] = {}
        for scores in self._softmaxes:
            name, column = place_of(scores[-1])
            title = f"{name}: scores" if name else "scores"
            block = blocks.setdefault((name, column), ScopeBlock(title, column, []))
            block.values.extend(scores)
        return list(blocks.values())

    def softmaxes(self) -> list[str]:
        """Sentences with the derivatives with respect to the scores of softmaxes."""
        places: dict[str, dict[str, None]] = {}
        top = self.root.label or "root"
        for scores, probabilities in self._softmaxes.items():
            if not self._relevant.isdisjoint(scores):
                scale = self._scale(scores, probabilities)
                formula = (
                    f"with a = softmax(scores), d{top}/dscore_i = a_i (d{top}/da_i - the sum of "
                    f"all a_j d{top}/da_j)."
                    if scale is None
                    else f"with p = softmax(scores), d{top}/dscores = {_written(scale)} (p - t), "
                    "where t is 1 for the right class and 0 for others."
                )
                places.setdefault(formula, {})[place_of(scores[-1])[0] or "a softmax"] = None
        return [f"In {' and '.join(names)}, {formula}" for formula, names in places.items()]

    def _scale(self, scores: Sequence[Value], probabilities: Sequence[float]) -> float | None:
        """The c of c (p - t), where the derivatives have this form, as under a cross-entropy."""
        slopes = [self.adjoints.get(score, 0.0) for score in scores]
        right = min(range(len(slopes)), key=slopes.__getitem__)
        scale = -slopes[right] / (1 - probabilities[right]) if probabilities[right] < 1 else 0.0
        expected = [scale * (p - (place == right)) for place, p in enumerate(probabilities)]
        fits = self._uses[tuple(scores)] < 2 and all(
            math.isclose(slope, other, rel_tol=1e-9, abs_tol=1e-12)
            for slope, other in zip(slopes, expected)
        )
        return scale if fits and scale > 0 else None

    # -- the table --------------------------------------------------------------------------------

    def table(self, wrt: Value | None, notation: Notation) -> Table:
        """The norms of each block. wrt: the value whose derivative is explained, if it is one."""
        by_row: dict[tuple[str, bool], dict[str, ScopeBlock]] = {}
        for block in self.of:
            row_of = block.name, block.values[0].op is None
            by_row.setdefault(row_of, {})[block.column] = block
        columns = self.columns
        shares = self._shares()

        def row(key: tuple[str, bool]) -> tuple[str, list[TableCell]]:
            found = by_row[key]
            name, is_list = key
            values = [value for block in found.values() for value in block.values]
            is_wrt = values == [wrt]

            def entry(column: str) -> str | Number:
                if is_list:
                    each = (shares.get((value, column)) for value in values)
                    numbers = [share for share in each if share is not None]
                else:
                    results = found[column].values if column in found else []
                    numbers = [self.adjoints.get(value, 0.0) for value in results]
                if not numbers:
                    return ""
                return Number(_written(numbers[0] if is_wrt else math.hypot(*numbers)))

            cells: list[TableCell] = [*both_ends(columns, MOST_COLUMNS, entry, _omitted)]
            if is_wrt:
                total = Number(_written(self.adjoints.get(values[0], 0.0)))
                return notation.chain.names(values[0]), [*cells, total, ""]
            total = Number(_written(self.norm(values)))
            head = f"{name}, {len(values)} leaves" if is_list and len(values) > 1 else name
            return head, [*cells, total, self._largest(found, notation)]

        heads: list[TableCell] = [
            *both_ends(columns, MOST_COLUMNS, str, _omitted),
            "all",
            "largest",
        ]
        rows = both_ends(list(by_row), MOST_ROWS, row, lambda count: (f"... {count} more ...", []))
        return Table("", heads, rows)

    @cached_property
    def columns(self) -> list[str]:
        """The columns of the blocks, each after those that feed it."""
        before: dict[str, set[str]] = {block.column: set() for block in self.of if block.column}
        for value in self.values:
            _, column = place_of(value)
            for operand, _ in edges(value):
                _, other = place_of(operand)
                if column in before and other != column:
                    before[column].add(other)
        return list(in_order(before))

    def _shares(self) -> dict[tuple[Value, str], float]:
        """The parts of the derivatives with respect to leaves that come from each column."""
        shares: dict[tuple[Value, str], float] = {}
        for value in self.values:
            for operand, partial in edges(value):
                if operand.op is None:
                    key = operand, place_of(value)[1]
                    share = self.adjoints.get(value, 0.0) * partial
                    shares[key] = shares.get(key, 0.0) + share
        return shares

    def _largest(self, found: dict[str, ScopeBlock], notation: Notation) -> str:
        """The largest derivative of a row, and the result that it is with respect to."""
        value, place, block = max(
            (
                (value, place, block)
                for block in found.values()
                for place, value in enumerate(block.values, start=1)
            ),
            key=lambda each: abs(self.adjoints.get(each[0], 0.0)),
        )
        number = _written(self.adjoints.get(value, 0.0))
        if value.op is None and value.label:
            return f"{number} for {notation.chain.names(value)}"
        where = f", {block.column}" if block.column else ""
        if len(block.values) == 1:
            return f"{number}{where}"
        return f"{number} for {place} of {len(block.values)}{where}"


def _scores_of(powers: Iterable[Value]) -> tuple[Value, ...]:
    """The scores of exp(score), or of exp(score - constant)."""
    scores = []
    for power in powers:
        (exponent,) = power.operands
        while isinstance(exponent, Value) and exponent.op and exponent.op.name == "sub":
            score, shift = exponent.operands
            if isinstance(shift, Value):
                break
            exponent = score
        scores.append(exponent if isinstance(exponent, Value) else power)
    return tuple(scores)


def _written(number: float) -> str:
    return format_number(number, DIGITS)


def _omitted(count: int) -> None:
    return None
