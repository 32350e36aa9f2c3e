"""Softmax as one step of a chain, and combinations that simplify exactly.

The graph of a softmax subtracts a constant from the scores so that nothing overflows, and the graph
of a cross-entropy may subtract one score from the others. Formulas show neither: they refer to the
probabilities, so that the slopes of a softmax read p1 (1 - p1) and -p1 p2. Where denominators
cancel, as in ((1 - t) / (1 - y) - t / y) . y (1 - y), the product is multiplied out to y - t.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import (
    Chain,
    Factor,
    SoftmaxTotal,
    place_of_dividend,
    softmax_totals,
)
from autograd_mini.symbols.formulas import evaluate, factor, formula, substitute, total
from autograd_mini.symbols.names import natural
from autograd_mini.symbols.polynomial import Polynomial, Powers, TooManyTerms
from autograd_mini.symbols.simplify import (
    Coefficient,
    addends,
    key,
    number,
    powers_of,
    product_of,
    simplify,
)
from autograd_mini.symbols.text import TextPrinter

# A combination has at most so many terms, such as y - t.
MOST_TERMS = 3
# A derivative over more factors or paths than this is not combined.
MOST_FACTORS = 250
MOST_PATHS = 100

ONE, ZERO = ast.Constant(1), ast.Constant(0)
PREFIXES = ("p", "prob", "softmax")


class Probability(NamedTuple):
    """A probability that no Value of the graph holds: exp(score) / (sum of exp(score))."""

    formula: ast.expr
    value: float


class Combination(NamedTuple):
    """A derivative that simplifies exactly; ones: the sums of leaves that it takes as 1."""

    formula: ast.expr
    ones: list[ast.expr]


@dataclass(frozen=True)
class Softmax:
    """A softmax: its scores, and the names of its probabilities, both by the key of the score."""

    scores: dict[str, ast.expr]
    names: dict[str, str] = field(default_factory=dict)


class Softmaxes:
    """The softmaxes below the root of a chain.

    probabilities: those that no Value holds, by name.
    """

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        names = chain.names
        self._totals: dict[Value, SoftmaxTotal] = softmax_totals(names.values)
        # Formulas refer to a total by a name that no label can be.
        self._total_names: dict[Value, str] = {
            total: f"total {place}\0" for place, total in enumerate(self._totals)
        }
        self._numbers: dict[str, float] = {names(value): value.data for value in names.values}
        self._leaves: set[str] = {names(value) for value in names.values if value.op is None}
        # For each denominator, the softmax and the keys of its scores by numerator.
        self._denominators: dict[str, tuple[Softmax, dict[str, str]]] = {}
        self._softmaxes: list[Softmax] = self._found()
        self._name_probabilities()
        self.probabilities: dict[str, Probability] = {
            name: probability
            for softmax in self._softmaxes
            for name, probability in self._values(softmax)
            if name not in self._numbers
        }

    def factor(self, step: Factor) -> ast.expr:
        """The formula of a factor, with probabilities for exp(score) / total."""
        nodes = self.chain.section(step.result)
        if not self._total_names.keys() & set(nodes):
            return step.formula
        tree = factor(step.result, step.operand, self._is_step, self._name, nodes)
        try:
            polynomial = Polynomial.read(tree, self._with_probabilities)
        except TooManyTerms:
            return step.formula
        written = self._with_sums_of_one(polynomial).tree()
        hidden = set(self._total_names.values())
        is_left = any(
            isinstance(node, ast.Name) and node.id in hidden for node in ast.walk(written)
        )
        return step.formula if is_left else written

    def formula(self, step: Value) -> ast.expr | None:
        """The formula of a probability or a logsumexp; None for any other value."""
        match step.op.name if step.op else "", step.operands:
            case "div", (Value(), Value() as total_) if total_ in self._total_names:
                softmax, scores = self._denominators[key(ast.Name(self._total_names[total_]))]
                place = place_of_dividend(step, self._totals[total_].powers)
                assert place is not None  # of a total, or it would be none
                return dict(self._values(softmax))[
                    softmax.names[list(scores.values())[place]]
                ].formula
            case "add", (Value() as log, float()) if (
                log.op and log.op.name == "log" and log.operands[0] in self._total_names
            ):
                total_ = log.operands[0]
                softmax, _ = self._denominators[key(ast.Name(self._total_names[total_]))]
                powers = [_exp(tree) for tree in softmax.scores.values()]
                return ast.Call(ast.Name("log"), [total(powers)], [])
        return None

    @cached_property
    def can_combine(self) -> bool:
        """True if anything can cancel: a softmax, a quotient or a sigmoid(-x) in a factor."""
        factors = (each for step in self.chain.steps for each in self.chain.below(step))
        return bool(self._softmaxes) or any(
            _divides(each.formula) or _is_reflected(each.formula) for each in factors
        )

    def combination(self, step: Value) -> Combination | None:
        """d root / d step, if it simplifies to at most MOST_TERMS terms and something cancels."""
        above = self._above(step)
        if not 0 < len(above) <= MOST_FACTORS or self.chain.path_count(step) > MOST_PATHS:
            return None
        formulas = {each: self.factor(each) for each in above}
        divides = any(map(_divides, formulas.values()))
        if not (divides or self._softmaxes or any(map(_is_reflected, formulas.values()))):
            return None
        products = [product_of((formulas[each], 1) for each in path) for path in self._paths(step)]
        reflected: list[ast.expr] = []

        def reflect(powers: Powers) -> Powers:
            """Replace sigmoid(-x) by 1 - sigmoid(x)."""
            written: Powers = []
            for base, exponent in powers:
                match base:
                    case ast.Call(func=ast.Name(id="sigmoid"), args=[ast.UnaryOp(operand=x)]):
                        reflected.append(base)
                        sigmoid = ast.Call(ast.Name("sigmoid"), [x], [])
                        base = ast.BinOp(ONE, ast.Sub(), sigmoid)
                written.append((base, exponent))
            return written

        try:
            polynomial = Polynomial.read(total(products), reflect)
            polynomial, ones = self._with_targets_of_one(polynomial)
            polynomial = self._with_sums_of_one(polynomial)
        except TooManyTerms:
            return None
        if not polynomial.terms or not (ones or reflected or divides):
            return None
        _, rest = polynomial.factored()
        written = polynomial.tree()
        is_simple = len(rest) <= MOST_TERMS and all(
            sum(exponent for _, exponent in monomial) <= 1 for monomial in rest
        )
        if not is_simple or _divides(written):
            return None
        known = {name: probability.value for name, probability in self.probabilities.items()}
        found = evaluate(written, {**self._numbers, **known})
        if not math.isclose(found, self.chain.derivative(step), rel_tol=1e-6, abs_tol=1e-9):
            return None
        return Combination(written, ones)

    def _above(self, step: Value) -> list[Factor]:
        """The factors on any path from the root to `step`; of very many, some."""
        found: dict[Factor, None] = {}
        pending = [step]
        while pending and len(found) <= MOST_FACTORS:
            new = [each for each in self.chain.above(pending.pop()) if each not in found]
            found.update(dict.fromkeys(new))
            pending += [each.result for each in new]
        return list(found)

    def _paths(self, step: Value) -> Iterator[list[Factor]]:
        """The factors of each path from the root to `step`."""
        if step is self.chain.root:
            yield []
        for last in self.chain.above(step):
            for path in self._paths(last.result):
                yield [*path, last]

    def _with_probabilities(self, powers: Powers) -> Powers:
        """The factors of a product, with a probability for each exp(score) / total."""
        left = {key(base): exponent for base, exponent in powers}
        found: Powers = []
        for below, (softmax, scores) in self._denominators.items():
            for power, score in scores.items():
                # The power 1 of a score that was subtracted is in every numerator.
                above = left.get(power, 0) if power != key(ONE) else math.inf
                used = int(min(above, -left.get(below, 0)))
                if used > 0:
                    found.append((ast.Name(softmax.names[score]), used))
                    left[below] += used
                    if power in left:
                        left[power] -= used
        return [*found, *((base, left[key(base)]) for base, _ in powers if left[key(base)])]

    def _with_sums_of_one(self, polynomial: Polynomial) -> Polynomial:
        for softmax in self._softmaxes:
            polynomial = polynomial.with_sum_of_one(softmax.names.values())
        return polynomial

    def _with_targets_of_one(self, polynomial: Polynomial) -> tuple[Polynomial, list[ast.expr]]:
        """Replace sums of leaves that have one factor in common by 1, where they are 1."""
        names = {key(ast.Name(name)): name for name in self._leaves}
        groups: dict[object, list[str]] = {}
        for atom, rest, share in polynomial.shares():
            if atom in names:
                groups.setdefault((rest, share), []).append(names[atom])
        ones: list[ast.expr] = []
        for group in groups.values():
            if len(group) > 1 and math.isclose(sum(self._numbers[name] for name in group), 1.0):
                shorter = polynomial.with_sum_of_one(group)
                if len(shorter.terms) < len(polynomial.terms):
                    polynomial = shorter
                    leaves = sorted(group, key=natural)
                    ones.append(total(list(map(ast.Name, leaves))))
        return polynomial, ones

    def _is_step(self, value: Value) -> bool:
        return value in self._total_names or self.chain.is_step(value)

    def _name(self, value: Value) -> str:
        return self._total_names.get(value) or self.chain.names(value)

    def _found(self) -> list[Softmax]:
        """The softmaxes, one for all totals of the same scores; enters their denominators."""
        found: dict[frozenset[str], Softmax] = {}
        values = self.chain.names.values
        # A score that was subtracted from itself may stand as an unlabelled 0.
        zeros: dict[str, ast.expr] = {
            self._name(value): ZERO
            for value in values
            if value.op is None and not value.label and not value.data
        }
        labels = {
            (self._totals[total].powers[place], total): self.chain.names(value)
            for value in values
            if value.label and value.op is not None and value.op.name == "div"
            for total in [value.operands[1]]
            if isinstance(total, Value) and total in self._totals
            for place in [place_of_dividend(value, self._totals[total].powers)]
            if place is not None
        }
        for each, (powers, adds_one) in self._totals.items():
            exponents = [self._exponent(power) for power in powers]
            numerators = [_exp(exponent) for exponent in exponents]
            if adds_one:
                exponents.append(ZERO)
            if len(powers) == 1:  # the power is the total itself, which formulas refer to by name
                numerators = [ast.Name(self._total_names[each])]
            scores = _scores([substitute(exponent, zeros) for exponent in exponents])
            if scores is None:
                del self._total_names[each]
                continue
            name = ast.Name(self._total_names[each])
            below = simplify(ast.BinOp(ONE, ast.Add(), name)) if adds_one else name
            keys = list(map(key, scores))
            softmax = found.setdefault(frozenset(keys), Softmax(dict(zip(keys, scores))))
            self._denominators[key(below)] = (
                softmax,
                dict(zip([*map(key, numerators), key(ONE)], keys)),
            )
            for power, score in zip(powers, keys):
                if (power, each) in labels:
                    softmax.names[score] = labels[power, each]
        return list(found.values())

    def _exponent(self, power: Value) -> ast.expr:
        (operand,) = power.operands
        if not isinstance(operand, Value):
            return number(operand)
        if operand.op is None or self._is_step(operand):
            return ast.Name(self._name(operand))
        return simplify(formula(operand, self._is_step, self._name))

    def _name_probabilities(self) -> None:
        """Name the probabilities that have no label: p1, p2, ..."""
        unnamed = [each for each in self._softmaxes if len(each.names) < len(each.scores)]
        for place, softmax in enumerate(unnamed, 1):
            suffix = f"_{place}" if len(unnamed) > 1 else ""
            order = _by_name(softmax)
            for prefix in PREFIXES:
                chosen = {score: f"{prefix}{k}{suffix}" for k, score in enumerate(order, 1)}
                if not set(chosen.values()) & self._numbers.keys() - set(softmax.names.values()):
                    break
            for score, name in chosen.items():
                softmax.names.setdefault(score, name)

    def _values(self, softmax: Softmax) -> Iterator[tuple[str, Probability]]:
        """The probabilities of a softmax, by name."""
        order = _by_name(softmax)
        scores = [float(evaluate(softmax.scores[score], self._numbers)) for score in order]
        powers = [math.exp(score - max(scores)) for score in scores]
        below = total([_exp(softmax.scores[score]) for score in order])
        for score, power in zip(order, powers):
            tree = ast.BinOp(_exp(softmax.scores[score]), ast.Div(), below)
            yield softmax.names[score], Probability(tree, power / sum(powers))


def _scores(exponents: list[ast.expr]) -> list[ast.expr] | None:
    """The scores of a softmax: its exponents without the terms that are subtracted from all.

    None if one of them is a constant, as in 1 / (1 + exp(-x)), or if two are equal.
    """
    terms = [dict(map(_term, addends(exponent))) for exponent in exponents]
    for name in {name: None for each in terms for name in each}:
        shares = [each[name][0] if name in each else Fraction(0) for each in terms]
        if name == key(ONE):
            shift = shares[0] if len(set(shares)) == 1 else Fraction(0)
        else:
            shift = Fraction(-1) if shares.count(Fraction(-1)) >= len(shares) - 1 else Fraction(0)
        if shift:
            base = next(each[name][1] for each in terms if name in each)
            for each, share in zip(terms, shares):
                each[name] = share - shift, base
    scores = []
    for each in terms:
        score = total(
            [
                product_of([(base, 1)], Coefficient(number))
                for number, base in each.values()
                if number
            ]
        )
        scores.append(simplify(score))
    if any(isinstance(score, ast.Constant) for score in scores):
        return None
    return scores if len(set(map(key, scores))) == len(scores) else None


def _term(tree: ast.expr) -> tuple[str, tuple[Fraction, ast.expr]]:
    """A term of a sum by the key of its part without the coefficient."""
    coefficient, powers = powers_of(tree)
    base = product_of(powers)
    return key(base), (coefficient.value, base)


def _by_name(softmax: Softmax) -> list[str]:
    """The keys of the scores in the order of their names."""
    write = TextPrinter().text
    return sorted(softmax.scores, key=lambda score: natural(write(softmax.scores[score])))


def _is_reflected(tree: ast.expr) -> bool:
    """True if sigmoid(-x) occurs in `tree`."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "sigmoid"
        and isinstance(node.args[0], ast.UnaryOp)
        for node in ast.walk(tree)
    )


def _exp(tree: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("exp"), [tree], [])


def _divides(tree: ast.expr) -> bool:
    """True if `tree` divides by a formula."""
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and not isinstance(node.right, ast.Constant)
        for node in ast.walk(tree)
    )
