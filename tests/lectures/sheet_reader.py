"""A second reader of sheets, with Python's eval and with differences that have 25 right digits.

It is slow, for trusted sheets only, and shares no line with the checker.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lecture_networks import context, mpf, sigmoid

STEP = mpf("1e-13")

DERIVATIVE = re.compile(r"\bd([A-Za-z]\w*)/d([A-Za-z]\w*)")
DOT = re.compile(r"\bdot\(([^,()]+), ([^,()]+)\)")  # of vectors with two components
NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)")

Values = dict[str, Any]


def softmax(*scores: Any) -> list[Any]:
    powers = [context.exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def part(place: Any, values: list[Any]) -> Any:
    return values[int(place)]


FUNCTIONS = {
    "exp": context.exp,
    "log": context.log,
    "sqrt": context.sqrt,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "part": part,
    "mpf": mpf,
}


class Line(NamedTuple):
    """A claim: `left` equals the formula `right`, or is printed as `printed`."""

    left: str
    right: str | None
    printed: str | None


class Reading:
    """The definitions of a sheet, and its claims up to the first descent."""

    def __init__(self, text: str) -> None:
        self.definitions: dict[str, str] = {}
        self.claims: list[Line] = []
        for block in re.findall(r"(?ms)^```derivation\n(.*?)^```", text):
            for written in block.splitlines():
                statement = written.partition("#")[0].strip()
                statement = DOT.sub(r"(\1_1*\2_1 + \1_2*\2_2)", statement)
                if statement.startswith("descend"):
                    return
                if statement:
                    self._read(statement)

    def _read(self, statement: str) -> None:
        claim, _, printed = (part.strip() for part in statement.partition("->"))
        left, equals, right = (part.strip() for part in re.split("(==?)", claim + "=", maxsplit=1))
        right = right.removesuffix("=").strip()
        names = [name.strip() for name in left.split(",")]
        if right and equals == "=" and all(name.isidentifier() for name in names):
            for place, name in enumerate(names):
                several = len(names) > 1
                self.definitions[name] = f"part({place}, {right})" if several else right
        elif right:
            self.claims.append(Line(left, right, None))
        if printed:
            for name, number in zip(names, printed.split(",")):
                self.claims.append(Line(name, None, number.strip()))

    def values(self, shifts: Mapping[str, Any]) -> Values:
        """All named values, where the values in `shifts` are shifted."""
        values: Values = {}
        for name, expression in self.definitions.items():
            values[name] = self._evaluate(expression, values) + shifts.get(name, 0)
        return values

    def number(self, expression: str, shifts: Mapping[str, Any]) -> Any:
        """The value of an expression with derivatives, where the values in `shifts` are shifted."""

        def difference(found: re.Match[str]) -> str:
            y, x = found.groups()
            if not {y, x} <= set(self.definitions):
                return found[0]
            above, below = (
                self.values({**shifts, x: shifts.get(x, 0) + step})[y] for step in (STEP, -STEP)
            )
            derivatives.append((above - below) / (2 * STEP))
            return f"derivative_{len(derivatives) - 1}_"

        derivatives: list[Any] = []
        expression = DERIVATIVE.sub(difference, expression)
        known = {f"derivative_{k}_": number for k, number in enumerate(derivatives)}
        return self._evaluate(expression, self.values(shifts) | known)

    def points(self, count: int) -> Iterator[Values]:
        """No shift, then random shifts of all leaves."""
        leaves = [
            name for name, text in self.definitions.items() if not re.search("[a-zA-Z]", text)
        ]
        random_numbers = random.Random(1986)
        yield {}
        for _ in range(count - 1):
            yield {leaf: mpf(random_numbers.uniform(-0.15, 0.15)) for leaf in leaves}

    def holds(self, claim: Line, points: int = 3) -> bool:
        """True if both sides of a claim agree at all points."""
        assert claim.right is not None
        return all(
            abs(self.number(claim.left, point) - self.number(claim.right, point)) < mpf("1e-20")
            for point in self.points(points)
        )

    def _evaluate(self, expression: str, values: Values) -> Any:
        return eval(NUMBER.sub(r"mpf('\1')", expression), FUNCTIONS | values)
