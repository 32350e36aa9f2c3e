"""Gradient descent on a compiled graph: the rules of its steps, its settings, its state.

sgd, momentum and adam follow the conventions of PyTorch, of nn.SGD and of nn.Adam.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from numbers import Integral
from typing import Any, NamedTuple

from autograd_mini.engine.tree import parse
from autograd_mini.engine.value import real
from autograd_mini.symbols.code import PythonCode
from autograd_mini.symbols.terms import Term, Terms

MeanGradient = Callable[[Sequence[float]], list[float]]
"""The gradient to follow from some numbers of the parameters."""


class UpdateRule(NamedTuple):
    """One step of one parameter: w <- w - move.

    A rule is written as the rows of operations are, and printed in the same way: `w` is a
    parameter, `g` its gradient, `rate` the learning rate, `steps` the number of this step from 1.

    constants: with their defaults. of_step: expressions that are the same for all parameters.
    state: numbers that are kept for each parameter, 0 at first, with their next values; `move`
        uses the next values.
    """

    move: str
    constants: Mapping[str, float] = {}
    of_step: Mapping[str, str] = {}
    state: Mapping[str, str] = {}

    def prepared(self, terms: Terms) -> Iterator[tuple[str, Term]]:
        """The names of `of_step` with their terms."""
        meanings = {name: terms.name(name) for name in self._names}
        for name, expression in self.of_step.items():
            yield name, terms.written(parse(expression, self._names), meanings)

    def moved(self, terms: Terms, w: Term, g: Term, kept: Mapping[str, Term]) -> Iterator[Term]:
        """The next values of the state of a parameter, in order, and then of the parameter.

        kept: the terms of its state.
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
    """The gradient of a parameter with the term of its decay, weight_decay * w."""
    return terms.sum(g, terms.product(terms.name("weight_decay"), w))


def find_rule(method: str) -> UpdateRule:
    """Raises: ValueError that lists the rules."""
    try:
        return RULES[method]
    except KeyError:
        raise ValueError(f"method must be one of {', '.join(RULES)}, got {method!r:.80}") from None


class Settings:
    """The settings of a descent: the rule with its constants, the rate, and the decay of weights.

    Raises: TypeError or ValueError for a setting that is not a number of the allowed range, or not
        a constant of the rule.
    """

    def __init__(
        self, method: str, rate: float, weight_decay: float, constants: Mapping[str, float]
    ) -> None:
        self.method = method
        self.rule: UpdateRule = find_rule(method)
        unknown = [name for name in constants if name not in self.rule.constants]
        if unknown:
            takes = ", ".join(self.rule.constants) or "no constants"
            raise TypeError(f"the method {method!r} takes {takes}, got {unknown[0]!r}")
        for name, number in {"rate": rate, "weight_decay": weight_decay, **constants}.items():
            if isinstance(number, bool) or real(number) is None:
                raise TypeError(f"{name} must be a number, got {number!r:.80}")
            if not math.isfinite(number):
                raise ValueError(f"{name} must be a finite number, got {number!r}")
        for name, number in constants.items():
            if name.startswith("beta"):  # at 1, a mean would be divided by 1 - 1
                allowed, fits = "from 0 to below 1", 0.0 <= number < 1.0
            elif name == "epsilon":  # at 0, a gradient of 0 would be divided by 0
                allowed, fits = "greater than 0", number > 0.0
            else:
                allowed, fits = "at least 0", number >= 0.0
            if not fits:
                raise ValueError(f"{name} must be {allowed}, got {number!r}")
        self.rate: float = float(rate)
        self.weight_decay: float = float(weight_decay)
        self.constants: dict[str, float] = {
            name: float(x) for name, x in {**self.rule.constants, **constants}.items()
        }

    @property
    def decays(self) -> bool:
        """True if the weights decay; if not, nothing is added to a gradient."""
        return self.weight_decay != 0.0


class Descent:
    """A gradient descent, which `run` continues.

    settings: of the descent. steps: how many steps have been made.
    """

    def __init__(self, settings: Settings, mean: MeanGradient, start: Sequence[float]) -> None:
        """mean: gives the gradient to follow, or raises."""
        self.settings = settings
        self.steps: int = 0
        self._mean = mean
        # Changed in place: a target may have its own kind of arrays here.
        self._values = self.array(start)
        self._states = [self.array([0.0] * len(start)) for _ in settings.rule.state]

    @property
    def values(self) -> list[float]:
        """The current numbers of the parameters."""
        return list(self._values)

    def __repr__(self) -> str:
        return f"<descent by {self.settings.method}: {self.steps} steps, values {self.values}>"

    def array(self, numbers: Sequence[float]) -> Any:
        """Numbers that are changed in place."""
        return list(numbers)

    def run(self, times: int) -> None:
        """Make `times` more steps. If a step cannot be made, the steps before it stay.

        Raises: DomainError or StaleGraph.
        """
        # Checking Integral takes longer than a short step.
        is_whole = type(times) is int or (isinstance(times, Integral) and type(times) is not bool)
        if not is_whole or times < 0:
            raise ValueError(f"times must be a whole number of at least 0, got {times!r:.80}")
        times = int(times)  # C takes no numbers of NumPy
        done = self.advance(times)
        self.steps += done
        while done < times:
            self.step()
            done += 1
            made = self.advance(times - done)
            self.steps += made
            done += made

    def advance(self, times: int) -> int:
        """Make up to `times` steps at once; gives how many were made."""
        return 0

    def step(self) -> None:
        """One step, by the mean gradient.

        Raises: DomainError or StaleGraph.
        """
        self.move(self._mean(self.values), self.settings.rate)

    def move(self, gradients: Sequence[float], rate: float) -> None:
        """One step, by these gradients."""
        settings, values = self.settings, self.values
        move = one_step(settings.method, settings.decays)
        fixed = rate, self.steps + 1, settings.weight_decay, settings.constants
        moved = [move(w, g, *fixed, kept) for w, g, *kept in zip(values, gradients, *self._states)]
        for kept, new in zip([*self._states, self._values], zip(*moved)):
            kept[:] = new
        self.steps += 1


@cache
def one_step(method: str, decays: bool) -> Callable[..., tuple[float, ...]]:
    """The rule as a function of one parameter: its new state, and its new number."""
    rule = find_rule(method)
    terms = Terms()
    kept = {state: terms.name(state) for state in rule.state}
    printer = PythonCode()
    prepared = [f"    {name} = {printer.text(term)}\n" for name, term in rule.prepared(terms)]
    w, g = terms.name("w"), terms.name("g")
    moved = [decayed(terms, w, g)] if decays else []
    moved += rule.moved(terms, w, g, kept)
    # Later lines refer to each of them by its name.
    assigned = [*(["g"] if decays else []), *rule.state, "w"]
    lines = [f"    {name} = {printer.text(term)}\n" for name, term in zip(assigned, moved)]
    header = "def one_step(w, g, rate, steps, weight_decay, constants, kept):\n"
    taken = "".join(f"    {name} = constants[{name!r}]\n" for name in rule.constants)
    states = "".join(f"    {name} = kept[{k}]\n" for k, name in enumerate(rule.state))
    returned = f"    return {', '.join([*rule.state, 'w'])},\n"
    namespace: dict[str, Any] = {name: getattr(math, name) for name in printer.functions}
    exec(header + taken + states + "".join([*prepared, *lines, returned]), namespace)
    function: Callable[..., tuple[float, ...]] = namespace["one_step"]
    return function
