"""The chain of a derivative: the graph between two values, condensed to its named steps.

A step is a value with a label. The unlabelled values between two steps make up one factor.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from autograd_mini.engine.graph import dependents, edges, reverse_sweep, topological_order
from autograd_mini.engine.operation import Operation
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import factor, row_of, section
from autograd_mini.symbols.names import Names

# A value whose formula has more numbers, names and operations than this becomes a step where other
# formulas would repeat it.
LONG = 30


@dataclass(frozen=True, eq=False)
class Factor:
    """d result / d operand over the paths that meet no other step, and its number."""

    result: Value
    operand: Value
    value: float
    chain: Chain

    @cached_property
    def formula(self) -> ast.expr:
        """The factor as a simplified tree over the names of the steps."""
        chain = self.chain
        nodes = chain.section(self.result)
        return factor(self.result, self.operand, chain.is_step, chain.names, nodes)

    @cached_property
    def held(self) -> tuple[Value, ...]:
        """The other operands of `result` that depend on `operand`, held fixed in this factor."""
        return self.chain.between(self.result, self.operand)

    def __repr__(self) -> str:
        names = self.chain.names
        return f"<factor d{names(self.result)}/d{names(self.operand)} = {self.value!r}>"


class Chain:
    """The steps between `root` and `wrt`, and the factors that connect them.

    wrt: a value, or several; None for all leaves.
    nets: whether the input of an activation is a step even without a label.
    """

    def __init__(
        self,
        root: Value,
        wrt: Value | Sequence[Value] | None = None,
        *,
        names: Names | None = None,
        nets: bool = False,
    ) -> None:
        self.root = root
        self.wrt = wrt
        self.names: Names = names or Names(root)
        values = topological_order(root)
        if wrt is None:
            wrt = [value for value in values if value.op is None]
        ends = [wrt] if isinstance(wrt, Value) else list(wrt)
        self._steps = choose_steps(values, [root, *ends], nets, self.names.has_label)
        self._relevant: set[Value] = dependents(values, ends)
        # In topological order, operands before results.
        self.steps: list[Value] = [
            value for value in values if id(value) in self._steps and value in self._relevant
        ]
        self._below: dict[int, list[Factor]] = {
            id(step): self._factors(step) for step in self.steps
        }
        self._above: dict[int, list[Factor]] = {id(step): [] for step in self.steps}
        for step in self.steps:
            for each in self._below[id(step)]:
                self._above[id(each.operand)].append(each)
        self._sections: dict[int, list[Value]] = {}
        if any(map(self.names.has_label, values)):
            self._fold_parts_of_the_root()

    def is_step(self, value: Value) -> bool:
        return id(value) in self._steps

    def below(self, result: Value) -> list[Factor]:
        """The factors d result / d operand, for the steps that `result` was computed from."""
        return self._below.get(id(result), [])

    def above(self, operand: Value) -> list[Factor]:
        """The factors d result / d operand, for the steps that were computed from `operand`."""
        return self._above.get(id(operand), [])

    def section(self, result: Value) -> list[Value]:
        """`result` and the values between it and the steps below it, operands first."""
        if id(result) not in self._sections:
            self._sections[id(result)] = section(result, self.is_step)
        return self._sections[id(result)]

    def derivative(self, step: Value) -> float:
        """d root / d step over all paths."""
        return self._adjoints.get(step, 0.0)

    def path_count(self, step: Value) -> int:
        """The number of paths from the root down to `step`."""
        return self._path_counts.get(step, 0)

    def between(self, result: Value, operand: Value) -> tuple[Value, ...]:
        """The other operands of `result` that depend on `operand`."""
        others = [each.operand for each in self.below(result) if each.operand is not operand]
        if not others or len(self.above(operand)) < 2:
            return ()
        place = self._places[id(result)]
        reached = {id(operand)}
        pending = [operand]
        while pending:
            for each in self.above(pending.pop()):
                above = each.result
                if id(above) not in reached and self._places[id(above)] < place:
                    reached.add(id(above))
                    pending.append(above)
        return tuple(other for other in others if id(other) in reached)

    @cached_property
    def downwards(self) -> list[Value]:
        """The steps from the root down, results before operands, left operands first."""
        order: list[Value] = []
        seen = {id(self.root)}
        stack = [(self.root, iter(self.below(self.root)[::-1]))]
        while stack:
            step, factors = stack[-1]
            for each in factors:
                if id(each.operand) not in seen:
                    seen.add(id(each.operand))
                    stack.append((each.operand, iter(self.below(each.operand)[::-1])))
                    break
            else:
                order.append(step)
                stack.pop()
        return order[::-1]

    @cached_property
    def _places(self) -> dict[int, int]:
        return {id(step): place for place, step in enumerate(self.steps)}

    @cached_property
    def _adjoints(self) -> dict[Value, float]:
        return reverse_sweep(self.steps, {self.root: 1.0}, self._edges)

    @cached_property
    def _path_counts(self) -> dict[Value, int]:
        return reverse_sweep(
            self.steps, {self.root: 1}, self._edges, times=lambda paths, partial: paths
        )

    def _edges(self, step: Value) -> list[tuple[Value, float]]:
        return [(each.operand, each.value) for each in self.below(step)]

    def _factors(self, result: Value) -> list[Factor]:
        """The factors below `result`, in the order of its formula."""

        def is_end(value: Value) -> bool:
            return id(value) in self._steps or value not in self._relevant

        if result is self.wrt:
            return []
        between = section(result, is_end)
        operands = [
            operand
            for node in between
            for operand in node.operands
            if isinstance(operand, Value)
            and id(operand) in self._steps
            and operand in self._relevant
        ]
        adjoints = reverse_sweep(between, {result: 1.0}, edges)
        return [
            Factor(result, operand, adjoints[operand], self) for operand in dict.fromkeys(operands)
        ]

    def _fold_parts_of_the_root(self) -> None:
        """Drop the steps of which the root is a mere sum.

        Where E = E_o1 + E_o2, lectures write dE/dout_o1 and leave out dE/dE_o1 = 1. A term stays a
        step if one of its operands is also used elsewhere, since paths fork there.
        """
        kept: list[Factor] = []
        folded: set[int] = set()
        whole = self.root.op is not None and self._is_sum(self.root)
        pending = [(each, whole) for each in self.below(self.root)[::-1]]
        while pending:
            each, in_sum = pending.pop()
            part, inner = each.operand, self.below(each.operand)
            used_once = all(
                len(self.above(value)) == 1 for value in [part, *(below.operand for below in inner)]
            )
            if in_sum and inner and used_once and each.value == 1.0:
                folded.add(id(part))
                further = [Factor(self.root, below.operand, below.value, self) for below in inner]
                partly = self._is_sum(part)
                pending += [(below, partly) for below in further[::-1]]
            else:
                kept.append(each)
                if each not in self.above(each.operand):
                    self._above[id(each.operand)] = [each]
        self._steps -= folded
        self.steps = [step for step in self.steps if id(step) not in folded]
        self._below[id(self.root)] = kept

    def _is_sum(self, result: Value) -> bool:
        """True if `result` is a mere sum of steps."""
        return all(is_linear(row_of(node)) for node in section(result, self.is_step))


def choose_steps(
    values: list[Value],
    ends: Iterable[Value],
    nets: bool,
    has_label: Callable[[Value], bool] = lambda value: bool(value.label),
) -> set[int]:
    """The ids of the steps: labelled values, `ends`, and values that make a factor too long.

    If no value has a label, each is a step.
    """
    if not any(map(has_label, values)):
        return set(map(id, values))
    steps = {id(value) for value in values if has_label(value) or value.op is None}
    steps.update(map(id, ends))
    uses: dict[int, int] = {}
    repeated: set[int] = set()
    for value in values:
        row = value.op
        for operand in value.operands:
            uses[id(operand)] = uses.get(id(operand), 0) + 1
            if row is not None and not is_linear(row):
                repeated.add(id(operand))
        if nets and row is not None and has_label(value) and is_activation(row):
            steps.update(map(id, value.operands))
    totals = softmax_totals(values)
    steps.update(
        id(score) for total in totals.values() for score in _long_scores(total.powers, has_label)
    )
    within = {id(each) for total in totals for each in section(total, lambda v: id(v) in steps)}
    sizes: dict[int, int] = {}
    for value in values:
        # Sizes double where a value is used twice, so they are capped.
        size = 1 + sum(sizes.get(id(operand), 1) for operand in value.operands)
        is_repeated = uses.get(id(value), 0) > 1 or id(value) in repeated
        if size > LONG and is_repeated and id(value) not in within:
            steps.add(id(value))
        is_short = id(value) in steps or id(value) in within
        sizes[id(value)] = 1 if is_short else min(size, LONG + 1)
    return steps


class SoftmaxTotal(NamedTuple):
    """The denominator of a softmax: the sum of the powers exp(score), plus 1 if adds_one."""

    powers: list[Value]
    adds_one: bool


def softmax_totals(values: Iterable[Value]) -> dict[Value, SoftmaxTotal]:
    """The unlabelled sums of powers that belong to a softmax.

    log(total), or power / total, shows that it does; so does log1p(total), where exp(0) = 1 is the
    power of one score.
    """
    found: dict[Value, SoftmaxTotal] = {}
    for value in values:
        name = value.op.name if value.op else ""
        total = value.operands[-1] if name in ("log", "log1p", "div") else None
        if isinstance(total, Value) and total not in found:
            powers = _powers(total)
            adds_one = name == "log1p"
            if len(powers) + adds_one > 1 and (
                name != "div" or place_of_dividend(value, powers) is not None
            ):
                found[total] = SoftmaxTotal(powers, adds_one)
    return found


def place_of_dividend(quotient: Value, powers: Sequence[Value]) -> int | None:
    """The place of the dividend among `powers`, or of one that raises e to the same Value."""
    dividend = quotient.operands[0]
    if isinstance(dividend, Value) and dividend.op and dividend.op.name == "exp":
        for place, power in enumerate(powers):
            if power is dividend or power.operands[0] is dividend.operands[0]:
                return place
    return None


def _powers(total: Value) -> list[Value]:
    """The powers that add up to `total`, without a label or another operation between."""
    powers = []
    pending = [total]
    while pending:
        value = pending.pop()
        if value.op is None or value.label or value.op.name not in ("add", "exp"):
            return []
        if value.op.name == "exp":
            powers.append(value)
        else:
            for operand in value.operands[::-1]:
                if isinstance(operand, Value):
                    pending.append(operand)
                elif operand != 0:  # sum() of Python begins with 0
                    return []
    return powers


def _long_scores(powers: Iterable[Value], has_label: Callable[[Value], bool]) -> Iterator[Value]:
    """The scores of a softmax that are longer than a product or a sum of two."""
    for power in powers:
        exponent = power.operands[0]
        difference = isinstance(exponent, Value) and exponent.op and exponent.op.name == "sub"
        scores = exponent.operands if isinstance(exponent, Value) and difference else (exponent,)
        for score in scores:
            if isinstance(score, Value) and len(section(score, has_label)) > 2:
                yield score


def is_activation(row: Operation) -> bool:
    """True if `row` can be the activation of a unit: a function of one operand, not linear."""
    return row.arity == 1 and not is_linear(row)


@cache
def is_linear(row: Operation) -> bool:
    """True if the partials of `row` are numbers, as those of a sum, which lengthen no factor."""
    return all(re.fullmatch(r"-?[\d.]+", partial) for partial in row.partials)
