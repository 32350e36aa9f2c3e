"""W4: a GPT in scalars, trained on one document after another.

The sizes are those of Karpathy's microgpt (2026): 27 tokens, 16 channels, 4 heads, one block, ReLU,
4,192 parameters, and Adam with a rate that falls to 0. The documents are random words.

`loss` takes whatever an engine computes with. Engines of arrays write it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import isclose
from pathlib import Path
from random import Random
from typing import Any, Protocol

from .problems import Scalar

TOKENS, CHANNELS, HEADS, CONTEXT = 27, 16, 4, 16
SIZE = CHANNELS // HEADS
START = 26
"""The token before and after every word."""

STEPS = 1000
BETAS = 0.85, 0.99
EPSILON = 1e-8

Table = list[list[Any]]
Weights = dict[str, Table]


def rate(step: int) -> float:
    """The learning rate of a step, counted from 0."""
    return 0.01 * (1 - step / STEPS)


def documents(count: int = STEPS) -> list[list[int]]:
    """Words of 3 to 9 letters, each between two start tokens."""
    random = Random(1)
    lengths = (random.randint(3, 9) for _ in range(count))
    return [[START, *(random.randrange(START) for _ in range(n)), START] for n in lengths]


def weights() -> Weights:
    """Matrices of numbers, a row for each output."""
    random = Random(42)
    shapes = {
        "tokens": (TOKENS, CHANNELS),
        "positions": (CONTEXT, CHANNELS),
        "query": (CHANNELS, CHANNELS),
        "key": (CHANNELS, CHANNELS),
        "value": (CHANNELS, CHANNELS),
        "output": (CHANNELS, CHANNELS),
        "up": (4 * CHANNELS, CHANNELS),
        "down": (CHANNELS, 4 * CHANNELS),
        "scores": (TOKENS, CHANNELS),
    }
    return {
        name: [[random.gauss(0.0, 0.08) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in shapes.items()
    }


def numbers_of(w: Weights) -> Iterator[Any]:
    """All entries of the matrices."""
    return (entry for matrix in w.values() for row in matrix for entry in row)


def linear(x: Sequence[Scalar], matrix: Table) -> list[Scalar]:
    """A matrix times a vector."""
    return [sum(a * b for a, b in zip(row, x)) for row in matrix]


def normalised(x: Sequence[Scalar]) -> list[Scalar]:
    """The vector divided by the root of the mean of its squares."""
    scale = (sum(a * a for a in x) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]


def added(x: Sequence[Scalar], y: Sequence[Scalar]) -> list[Scalar]:
    """The sum of two vectors."""
    return [a + b for a, b in zip(x, y)]


def softmax(scores: Sequence[Scalar]) -> list[Scalar]:
    """With methods and numbers that every scalar engine of this kind has."""
    largest = max(score.data for score in scores)
    powers = [(score - largest).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def loss(
    w: Weights,
    tokens: Sequence[Any],
    softmax: Callable[[Sequence[Scalar]], list[Scalar]] = softmax,
    pick: Callable[[Sequence[Any], Any], Any] = lambda rows, index: rows[index],
) -> Scalar:
    """The mean over the tokens of -log p, where p is the probability of the next token.

    Keys and values of earlier tokens are kept in lists, which later tokens look at.
    """
    keys: Table = []
    values: Table = []
    terms = []
    for position, (token, target) in enumerate(pairwise(tokens)):
        x = normalised(added(pick(w["tokens"], token), w["positions"][position]))
        y = normalised(x)
        query = linear(y, w["query"])
        keys.append(linear(y, w["key"]))
        values.append(linear(y, w["value"]))
        mixed = []
        for head in range(HEADS):
            part = slice(head * SIZE, (head + 1) * SIZE)
            scores = [
                sum(a * b for a, b in zip(query[part], key[part])) / SIZE**0.5 for key in keys
            ]
            looks = softmax(scores)
            for channel in range(CHANNELS)[part]:
                mixed.append(sum(a * value[channel] for a, value in zip(looks, values)))
        x = added(linear(mixed, w["output"]), x)
        hidden = [a.relu() for a in linear(normalised(x), w["up"])]
        x = added(linear(hidden, w["down"]), x)
        probabilities = softmax(linear(x, w["scores"]))
        terms.append(-pick(probabilities, target).log())
    return sum(terms) / len(terms)


class Training(Protocol):
    """A GPT in training. losses: one for each step so far."""

    losses: list[float]

    def run(self, documents: Sequence[list[int]]) -> None:
        """A step for each document."""


def check(losses: Sequence[float]) -> None:
    """Raise ArithmeticError unless the losses of the first steps, up to 100, are as expected."""
    text = (Path(__file__).parent / "gpt_losses.txt").read_text(encoding="utf-8")
    for step, (loss, expected) in enumerate(zip(losses, map(float, text.split()))):
        if not isclose(loss, expected, rel_tol=1e-9):
            raise ArithmeticError(f"the loss at step {step} is {loss!r}, not {expected!r}")


class Recorded:
    """Training by an engine whose `Value` records every step."""

    def __init__(self, make: Callable[[float], Any]) -> None:
        self.losses: list[float] = []
        self._weights = {
            name: [list(map(make, row)) for row in matrix] for name, matrix in weights().items()
        }
        self._parameters = list(numbers_of(self._weights))
        self._means = [0.0] * len(self._parameters)
        self._squares = [0.0] * len(self._parameters)

    def run(self, documents: Sequence[list[int]]) -> None:
        """A step for each document, with Adam as it stands in the paper."""
        (beta1, beta2), means, squares = BETAS, self._means, self._squares
        for document in documents:
            step = len(self.losses)
            root = loss(self._weights, document)
            root.backward()
            seen1, seen2 = 1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)
            for k, parameter in enumerate(self._parameters):
                grad = parameter.grad
                means[k] = beta1 * means[k] + (1 - beta1) * grad
                squares[k] = beta2 * squares[k] + (1 - beta2) * grad**2
                move = rate(step) * (means[k] / seen1) / ((squares[k] / seen2) ** 0.5 + EPSILON)
                parameter.data -= move
                parameter.grad = 0
            self.losses.append(root.data)
