"""Gradient descent on a compiled graph: its settings, its state, and a step by itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from numbers import Integral
from typing import Any

from autograd_mini.compiler.updates import UpdateRule, decayed, find_rule
from autograd_mini.engine.value import real
from autograd_mini.symbols.code import PythonCode
from autograd_mini.symbols.terms import Terms

Mean = Callable[[Sequence[float]], list[float]]
"""The gradient to follow from some numbers of the parameters."""


class Settings:
    """How a descent moves: the rule with its constants, the rate, and the decay of weights.

    Raises: TypeError or ValueError for what is no number, or none of the rule's constants.
    """

    def __init__(
        self, method: str, rate: float, weight_decay: float, constants: Mapping[str, float]
    ) -> None:
        self.method = method
        self.rule: UpdateRule = find_rule(method)
        unknown = [name for name in constants if name not in self.rule.constants]
        if unknown:
            takes = ", ".join(self.rule.constants) or "no constants"
            raise TypeError(f"the method {method!r} takes {takes}; {unknown[0]!r} is none of them")
        for name, number in {"rate": rate, "weight_decay": weight_decay, **constants}.items():
            if isinstance(number, bool) or real(number) is None:
                raise TypeError(f"{name} must be a number, got {number!r:.80}")
            if not math.isfinite(number):
                raise ValueError(f"{name} must be a finite number, got {number!r}")
        for name, number in constants.items():
            if name.startswith("beta"):  # a mean that forgets nothing would be divided by 1 - 1
                allowed, fits = "from 0 to below 1", 0.0 <= number < 1.0
            elif name == "epsilon":  # or a gradient of 0 would be divided by 0
                allowed, fits = "above 0", number > 0.0
            else:
                allowed, fits = "0 or more", number >= 0.0
            if not fits:
                raise ValueError(f"{name} must be {allowed}, got {number!r}")
        self.rate: float = float(rate)
        self.weight_decay: float = float(weight_decay)
        self.constants: dict[str, float] = {
            name: float(x) for name, x in {**self.rule.constants, **constants}.items()
        }

    @property
    def decays(self) -> bool:
        """Whether the weights decay: otherwise no 0 is added to a gradient."""
        return self.weight_decay != 0.0


class Descent:
    """A gradient descent that can be watched: `values` are those of the parameters by now.

    steps: how many have been made.
    """

    def __init__(self, settings: Settings, mean: Mean, start: Sequence[float]) -> None:
        """mean: what gives the gradient to follow, or raises."""
        self.settings = settings
        self.steps: int = 0
        self._mean = mean
        # In place: a target may have its own kind of arrays here.
        self._values = self.array(start)
        self._states = [self.array([0.0] * len(start)) for _ in settings.rule.state]

    @property
    def values(self) -> list[float]:
        """The numbers of the parameters by now."""
        return list(self._values)

    def array(self, numbers: Sequence[float]) -> Any:
        """Numbers that are changed in place."""
        return list(numbers)

    def run(self, times: int) -> None:
        """Make so many steps more; if one cannot be made, those before it stay.

        Raises: DomainError or StaleGraph.
        """
        if isinstance(times, bool) or not isinstance(times, Integral) or times < 0:
            raise ValueError(f"times must be a whole number, 0 or more, got {times!r:.80}")
        times = int(times)  # which those of NumPy are not
        done = self.advance(times)
        self.steps += done
        while done < times:
            self.step()
            done += 1
            made = self.advance(times - done)
            self.steps += made
            done += made

    def advance(self, times: int) -> int:
        """Make up to `times` steps at once; how many were made."""
        return 0

    def step(self) -> None:
        """One step, by the mean gradient.

        Raises: DomainError or StaleGraph.
        """
        settings, values = self.settings, self.values
        gradients = self._mean(values)
        move = one_step(settings.method, settings.decays)
        fixed = settings.rate, self.steps + 1, settings.weight_decay, settings.constants
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
    # Each of them enters what follows it under its own name.
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
