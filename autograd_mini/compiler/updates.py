"""How parameters move: the rules of gradient descent, as rows of a table.

A rule is written as the rows of operations are, and printed in the same way. `w` is a parameter,
`g` the derivative by it, `rate` the learning rate and `steps` the steps made, this one included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from autograd_mini.engine.tree import parse
from autograd_mini.symbols.term_properties import Term
from autograd_mini.symbols.terms import Terms


class UpdateRule(NamedTuple):
    """One step of one parameter: w <- w - move.

    constants: with what they are if nothing else is said. of_step: what is the same for all
    parameters. state: what is kept for each parameter, 0 at first, and what it becomes; `move`
    takes what it has become.
    """

    move: str
    constants: Mapping[str, float] = {}
    of_step: Mapping[str, str] = {}
    state: Mapping[str, str] = {}

    def prepared(self, terms: Terms) -> Iterator[tuple[str, Term]]:
        """What is the same for all parameters: its names, and what they stand for."""
        meanings = {name: terms.name(name) for name in self._names}
        for name, expression in self.of_step.items():
            yield name, terms.written(parse(expression, self._names), meanings)

    def moved(self, terms: Terms, w: Term, g: Term, kept: Mapping[str, Term]) -> Iterator[Term]:
        """What becomes of the state of a parameter, in order, and then of the parameter.

        kept: the names of its state.
        """
        meanings = {name: terms.name(name) for name in self._names} | {"w": w, "g": g, **kept}
        for expression in self.state.values():
            yield terms.written(parse(expression, self._names), meanings)
        yield terms.difference(w, terms.written(parse(self.move, self._names), meanings))

    @property
    def _names(self) -> set[str]:
        return {"w", "g", "rate", "steps", *self.constants, *self.of_step, *self.state}


# The conventions are those of PyTorch, and of nn.SGD and nn.Adam.
RULES = {
    "sgd": UpdateRule("rate * g"),
    # Source: Rumelhart, Hinton & Williams, Nature 323, 1986, equation 9.
    "momentum": UpdateRule(
        "rate * velocity",
        constants={"momentum": 0.9},
        state={"velocity": "momentum * velocity + g"},
    ),
    # Source: Kingma & Ba, Adam: A method for stochastic optimization, ICLR 2015, algorithm 1.
    "adam": UpdateRule(
        "rate * (mean / seen1) / (sqrt(square / seen2) + epsilon)",
        constants={"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
        of_step={"seen1": "1 - beta1 ** steps", "seen2": "1 - beta2 ** steps"},
        state={
            "mean": "beta1 * mean + (1 - beta1) * g",
            "square": "beta2 * square + (1 - beta2) * (g * g)",
        },
    ),
}


def decayed(terms: Terms, w: Term, g: Term) -> Term:
    """The gradient of a parameter whose weight decays: with that of weight_decay / 2 * w**2."""
    return terms.sum(g, terms.product(terms.name("weight_decay"), w))


def find_rule(method: str) -> UpdateRule:
    """Raises: ValueError with the rules there are."""
    try:
        return RULES[method]
    except KeyError:
        raise ValueError(
            f"there is no method {method!r} of descent; use one of {', '.join(RULES)}"
        ) from None
