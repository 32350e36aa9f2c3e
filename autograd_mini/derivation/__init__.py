"""`explain`: any derivative of a graph as a chain of factors, in formulas and in numbers.

`forward_pass` shows the values in the same forms. `backward_steps` makes a backward pass one result
at a time.

`autograd_mini.symbols.chain` condenses a graph to its named steps. `notation` turns the factors
between them into symbols, formulas and numbers, and `styles` arranges these in `equations`. For
large graphs `by_layers` writes one line with indices for formulas that are `families`, and
`by_blocks` a table. `remarks` adds sentences, and `writers` sets the result in text, LaTeX and
MathML.
"""

from autograd_mini.derivation.backward import Share, Step, backward_steps
from autograd_mini.derivation.explain import Derivation, Gradient, explain
from autograd_mini.derivation.forward import ForwardPass, forward_pass

__all__ = [
    "Derivation",
    "ForwardPass",
    "Gradient",
    "Share",
    "Step",
    "backward_steps",
    "explain",
    "forward_pass",
]
