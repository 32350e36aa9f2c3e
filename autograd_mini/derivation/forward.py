"""forward_pass: every named value of a graph as name = formula = numbers = result."""

from __future__ import annotations

import ast

from autograd_mini.derivation.equations import Content, Equation, Number, Side
from autograd_mini.derivation.explain import Explanation, check_digits
from autograd_mini.derivation.notation import without_repetition
from autograd_mini.derivation.writers import TextWriter
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain
from autograd_mini.symbols.formulas import formula, substitute
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.numbers import Decimals
from autograd_mini.symbols.simplify import number
from autograd_mini.symbols.softmax import Softmaxes

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

    def _content(self) -> Content:
        chain = Chain(self.root, names=Names(self.root, units=True))
        softmaxes = Softmaxes(chain)
        numbers = {chain.names(value): value.data for value in chain.names.values}
        steps = [value for value in chain.names.values if chain.is_step(value) and value.op]
        if not steps:
            steps = [self.root]
        return Content([self._equation(step, chain, softmaxes, numbers) for step in steps])

    def _equation(
        self, step: Value, chain: Chain, softmaxes: Softmaxes, numbers: dict[str, float]
    ) -> Equation:
        left = ast.Name(chain.names(step))
        tree = softmaxes.formula(step) or formula(step, chain.is_step, chain.names)
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & numbers.keys()
        write = Decimals(self.digits, [step.data, *(numbers[name] for name in used)])
        meanings = {name: number(float(write(numbers[name]))) for name in used}
        result: Side = ((Number(write(step.data)),),)
        if step.op is None:
            return Equation(left, [result], inline=True)
        sides: list[Side] = [((tree,),), ((substitute(tree, meanings),),), result]
        sides = without_repetition(left, sides)
        line = " = ".join(map(TextWriter().side, [((left,),), *sides]))
        return Equation(left, sides, inline=len(line) <= LONGEST_LINE)
