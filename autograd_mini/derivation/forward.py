"""forward_pass: every named value of a graph as name = formula = numbers = result."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import groupby

from autograd_mini.derivation.equations import Bracket, Content, Equation, Number, Omission, Side
from autograd_mini.derivation.explain import Explanation
from autograd_mini.derivation.families import DoesNotFit, Family, Operand, form_of
from autograd_mini.derivation.indices import Indices
from autograd_mini.derivation.notation import Notation, both_ends, without_repetition
from autograd_mini.derivation.styles import MOST_LINES
from autograd_mini.derivation.writers import TextWriter
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain
from autograd_mini.symbols.formulas import formula, substitute, total
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.numbers import Decimals, check_digits
from autograd_mini.symbols.simplify import addends, number

# Of more steps than this, those that have one formula share a line.
MOST_STEPS = 15
# A formula with more different terms than this stands for itself.
MOST_RUNS = 4
# More operations than this in all are not compared.
MOST_OPERATIONS = 30_000
# A longer equation has its sides on separate lines.
LONGEST_LINE = 100


def forward_pass(root: Value, *, digits: int = 9) -> ForwardPass:
    """Show how `root` is computed: each named value as a formula, with its numbers, and its result.

    >>> w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-1.5, label="b")
    >>> net = w * x + b
    >>> out = net.tanh()
    >>> net.label, out.label = "net", "out"
    >>> print(forward_pass(out))
    net = w x + b = 0.5 * 2 - 1.5 = -0.5
    out = tanh(net) = tanh(-0.5) = -0.462117157

    The steps of a network that have one formula share a line with indices, as in `explain`, if the
    network is used for several samples, or if there are many.

    The names, the layout and the forms are those of `explain`: text, `.latex`, `.html`, `.article`
    and `.slides`.

    digits: number of decimals, or of significant digits where a number is too small for them.

    Raises: TypeError; ValueError.
    """
    if not isinstance(root, Value):
        raise TypeError(f"forward_pass(root) takes a Value, got {root!r:.80}")
    check_digits(digits)
    return ForwardPass(root, digits)


class ForwardPass(Explanation):
    """The named values below a root, computed one after the other; see `forward_pass`."""

    def __init__(self, root: Value, digits: int) -> None:
        self.root = root
        self.digits = digits

    @cached_property
    def _content(self) -> Content:
        chain = Chain(self.root, names=Names(self.root, units=True))
        notation = Notation(chain, self.digits)
        numbers = {chain.names(value): value.data for value in chain.names.values}
        steps = [value for value in chain.names.values if chain.is_step(value) and value.op]
        if not steps:
            steps = [self.root]

        def formula_of(step: Value) -> ast.expr:
            tree = notation.softmaxes.formula(step) or formula(step, chain.is_step, chain.names)
            return without_start(tree)

        def plain(step: Value) -> Equation:
            return self._equation(step, chain, formula_of(step), numbers)

        if len(steps) > MOST_STEPS or any(map(chain.names.counts_uses, steps)):
            content = _ValuesByLayers(notation, formula_of, plain).content(steps)
            if content is not None:
                return content
        return Content(list(map(plain, steps)))

    def _equation(
        self, step: Value, chain: Chain, tree: ast.expr, numbers: dict[str, float]
    ) -> Equation:
        left = ast.Name(chain.names(step))
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & numbers.keys()
        write = Decimals(self.digits, [step.data, *(numbers[name] for name in used)])
        meanings = {name: number(float(write(numbers[name]))) for name in used}
        first, *others = addends(tree)
        in_numbers = substitute(first, meanings)
        for term in others:  # a sum of thousands of terms is too deep to recurse into
            match term:
                case ast.UnaryOp(operand=operand):
                    in_numbers = ast.BinOp(in_numbers, ast.Sub(), substitute(operand, meanings))
                case _:
                    in_numbers = ast.BinOp(in_numbers, ast.Add(), substitute(term, meanings))
        result: Side = ((Number(write(step.data)),),)
        if step.op is None:
            return Equation(left, [result], inline=True)
        sides: list[Side] = [((tree,),), ((in_numbers,),), result]
        sides = without_repetition(left, sides)
        line = " = ".join(map(TextWriter().side, [((left,),), *sides]))
        return Equation(left, sides, inline=len(line) <= LONGEST_LINE)


class _ValuesByLayers:
    """Writes one line for the steps of a layer, with indices; `plain` writes the other steps."""

    def __init__(
        self,
        notation: Notation,
        formula_of: Callable[[Value], ast.expr],
        plain: Callable[[Value], Equation],
    ) -> None:
        self.notation = notation
        self.formula_of = formula_of
        self.plain = plain
        self.indices = Indices(notation)

    def content(self, steps: Sequence[Value]) -> Content | None:
        """The lines of `steps`, operands before results; None if none has indices."""
        chain = self.notation.chain
        if len(chain.names.values) > MOST_OPERATIONS:
            return None
        layers: dict[Value, tuple[int]] = {}
        for step in steps:
            below = (factor.operand for factor in chain.below(step))
            layers[step] = (1 + max((layers.get(each, (0,))[0] for each in below), default=0),)
        return self.indices.content(layers, self._lines)

    def _lines(self, steps: list[Value]) -> list[Equation]:
        names = [self.notation.chain.names(step) for step in steps]
        try:
            if not all(map(self.notation.chain.names.has_label, steps)):
                raise DoesNotFit
            families, divisor = self._families(steps, names)
        except DoesNotFit:
            return both_ends(steps, MOST_LINES, self.plain, omitted_steps)
        terms: Side = tuple(self.indices.product(family) for family in families)
        sides: list[Side] = [terms if divisor is None else ((_share(divisor), Bracket(terms)),)]
        first = families[0]
        if not first.slots:
            number = Decimals(self.notation.digits, [steps[0].data])(steps[0].data)
            sides.append(((Number(number),),))
        for family in families:
            self.indices.add_leaves(family)
        self.indices.add_row(first, [step.data for step in steps], is_derivative=False)
        return [Equation(ast.Name(first.left.written()), sides, inline=True)]

    def _families(
        self, steps: list[Value], names: list[str]
    ) -> tuple[list[Family], ast.expr | None]:
        """The families of the terms of a sum, and what the sum is divided by.

        Terms of one form, side by side, are one family. Raises: DoesNotFit.
        """
        divisor: ast.expr | None = None
        trees = list(map(self.formula_of, steps))
        match trees:
            case [ast.BinOp(left=dividend, op=ast.Div(), right=ast.Constant() as count)]:
                trees, divisor = [without_start(dividend)], count
        runs = [list(self._runs(addends(tree))) for tree in trees]
        lengths = {tuple(map(len, run)) for run in runs}
        if len(lengths) != 1 or len(lengths.pop()) > MOST_RUNS:
            raise DoesNotFit
        columns = ([[[Operand(term)] for term in run] for run in column] for column in zip(*runs))
        return self.indices.families(names, columns), divisor

    def _runs(self, terms: Sequence[ast.expr]) -> Iterator[list[ast.expr]]:
        for _, run in groupby(terms, key=lambda term: form_of(term, self.indices.place)):
            yield list(run)


def without_start(tree: ast.expr) -> ast.expr:
    """A sum without the 0 that Python's `sum` starts from."""
    match addends(tree):
        case [ast.Constant(value=0), *terms] if terms:
            return total(terms)
    return tree


def _share(divisor: ast.expr) -> ast.expr:
    """1 / divisor."""
    return ast.BinOp(ast.Constant(1), ast.Div(), divisor)


def omitted_steps(count: int) -> Equation:
    """The mark in place of `count` equations."""
    return Equation(Omission(count, "values"), (), inline=True)
