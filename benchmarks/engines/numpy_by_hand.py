"""NumPy as a person would write it who derives the gradients on paper."""
# mypy: disable-error-code="import-not-found"
# It need not be installed.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from .. import gpt

Array = Any


class GptTraining:
    """W4: the positions of a word at once, with a causal mask."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self._weights = {name: numpy.array(matrix) for name, matrix in gpt.weights().items()}
        self._means = {name: numpy.zeros_like(w) for name, w in self._weights.items()}
        self._squares = {name: numpy.zeros_like(w) for name, w in self._weights.items()}

    def run(self, documents: Sequence[list[int]]) -> None:
        """A step for each document."""
        beta1, beta2 = gpt.BETAS
        for document in documents:
            step = len(self.losses)
            loss, gradients = loss_and_gradients(self._weights, numpy.array(document))
            seen1, seen2 = 1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)
            for name, g in gradients.items():
                mean, square = self._means[name], self._squares[name]
                mean += (1 - beta1) * (g - mean)
                square += (1 - beta2) * (g * g - square)
                root = numpy.sqrt(square / seen2) + gpt.EPSILON
                self._weights[name] -= gpt.rate(step) * (mean / seen1) / root
            self.losses.append(loss)


def loss_and_gradients(w: dict[str, Array], tokens: Array) -> tuple[float, dict[str, Array]]:
    """As `gpt.loss`, and its derivatives with respect to the matrices."""
    count, root = len(tokens) - 1, gpt.SIZE**0.5
    places = numpy.arange(count)
    x0, scale0 = normalised(w["tokens"][tokens[:-1]] + w["positions"][:count])
    y1, scale1 = normalised(x0)
    query, key, value = (by_heads(y1 @ w[name].T) for name in ("query", "key", "value"))
    scores = query @ key.transpose(0, 2, 1) / root
    scores[:, ~numpy.tri(count, dtype=bool)] = -numpy.inf
    looks = softmax(scores)
    mixed = joined(looks @ value)
    x1 = mixed @ w["output"].T + x0
    y2, scale2 = normalised(x1)
    hidden = numpy.maximum(y2 @ w["up"].T, 0.0)
    x2 = hidden @ w["down"].T + x1
    p = softmax(x2 @ w["scores"].T)
    loss = -float(numpy.log(p[places, tokens[1:]]).mean())
    # backward
    p[places, tokens[1:]] -= 1.0
    p /= count
    g = {"scores": p.T @ x2}
    dx2 = p @ w["scores"]
    g["down"] = dx2.T @ hidden
    dhidden = (dx2 @ w["down"]) * (hidden > 0.0)
    g["up"] = dhidden.T @ y2
    dx1 = dx2 + through_norm(dhidden @ w["up"], y2, scale2)
    g["output"] = dx1.T @ mixed
    dmixed = by_heads(dx1 @ w["output"])
    dlooks = dmixed @ value.transpose(0, 2, 1)
    dscores = looks * (dlooks - (looks * dlooks).sum(-1, keepdims=True)) / root
    dy1 = numpy.zeros_like(y1)
    parts = {
        "query": dscores @ key,
        "key": dscores.transpose(0, 2, 1) @ query,
        "value": looks.transpose(0, 2, 1) @ dmixed,
    }
    for name, part in parts.items():
        g[name] = joined(part).T @ y1
        dy1 += joined(part) @ w[name]
    dx0 = through_norm(dx1 + through_norm(dy1, y1, scale1), x0, scale0)
    g["tokens"] = numpy.zeros_like(w["tokens"])
    numpy.add.at(g["tokens"], tokens[:-1], dx0)
    g["positions"] = numpy.zeros_like(w["positions"])
    g["positions"][:count] = dx0
    return loss, g


def by_heads(x: Array) -> Array:
    """Channels divided into heads, which come first."""
    return x.reshape(len(x), gpt.HEADS, gpt.SIZE).transpose(1, 0, 2)


def joined(x: Array) -> Array:
    """The channels of all heads side by side."""
    return x.transpose(1, 0, 2).reshape(x.shape[1], gpt.CHANNELS)


def softmax(scores: Array) -> Array:
    """Along the last axis."""
    powers = numpy.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def normalised(x: Array) -> tuple[Array, Array]:
    """As `gpt.normalised`, for each row, and the factors of the rows."""
    scale = ((x * x).mean(-1, keepdims=True) + 1e-5) ** -0.5
    return x * scale, scale


def through_norm(dy: Array, y: Array, scale: Array) -> Array:
    """The derivative with respect to x, from the one with respect to y = x * scale."""
    return scale * (dy - y * (dy * y).mean(-1, keepdims=True))


gpt_training = GptTraining
