"""PyTorch as one uses it: tensors for whole layers and all points, float64, one thread."""
# mypy: disable-error-code="import-not-found"
# It need not be installed.

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import torch

from .. import gpt
from ..problems import ALPHA, POINTS, SIZES, Scalar, Stepwise, demo_parameters, moons

# On arrays of this size more threads only wait for each other.
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def demo(rate: float, count: int = POINTS) -> Stepwise:
    """W2; L2 as a decay of the weights, which is faster than as a part of the loss."""
    points, labels = moons(count)
    inputs, signs = torch.tensor(points), torch.tensor(labels)[:, None]
    parameters = layers()

    def step() -> None:
        gradients = torch.autograd.grad(hinge(parameters, inputs, signs), parameters)
        with torch.no_grad():
            torch._foreach_mul_(parameters, 1 - 2 * rate * ALPHA)
            torch._foreach_sub_(parameters, gradients, alpha=rate)

    def loss() -> float:
        with torch.no_grad():
            squares = sum((p * p).sum() for p in parameters)
            return float(hinge(parameters, inputs, signs) + ALPHA * squares)

    return Stepwise(step, loss)


def hinge(parameters: list[Scalar], inputs: Scalar, signs: Scalar) -> Scalar:
    """The mean over the points."""
    first, bias, second, bias2, third, bias3 = parameters
    hidden = torch.addmm(bias, inputs, first).relu_()
    hidden = torch.addmm(bias2, hidden, second).relu_()
    return (1 - signs * torch.addmm(bias3, hidden, third)).relu_().mean()


def layers() -> list[Scalar]:
    """Weights, a column for a neuron, and biases, of every layer."""
    numbers = torch.tensor(demo_parameters())
    leaves = []
    for fan_in, count in pairwise(SIZES):
        rows, numbers = numbers.tensor_split([count * (fan_in + 1)])
        rows = rows.view(count, fan_in + 1)
        leaves += [rows[:, :-1].t().contiguous(), rows[:, -1].clone()]
    return [leaf.requires_grad_() for leaf in leaves]


class GptTraining:
    """W4, with the loss of a document as a function of its tokens."""

    def __init__(self, parameters: Iterable[Scalar], loss: Callable[[list[int]], Scalar]) -> None:
        self.losses: list[float] = []
        self._loss = loss
        self._adam = torch.optim.Adam(parameters, betas=gpt.BETAS, eps=gpt.EPSILON)

    def run(self, documents: Sequence[list[int]]) -> None:
        """A step for each document."""
        for document in documents:
            self._adam.param_groups[0]["lr"] = gpt.rate(len(self.losses))
            self._adam.zero_grad()
            loss = self._loss(document)
            loss.backward()
            self._adam.step()
            self.losses.append(loss.item())


def gpt_training() -> GptTraining:
    """W4: the positions of a word at once, with a causal mask."""
    w = {name: torch.tensor(matrix).requires_grad_() for name, matrix in gpt.weights().items()}
    return GptTraining(w.values(), lambda document: gpt_loss(w, torch.tensor(document)))


def gpt_loss(w: dict[str, Scalar], tokens: Scalar) -> Scalar:
    """As `gpt.loss`."""
    functional = torch.nn.functional
    count = len(tokens) - 1
    x = normalised(w["tokens"][tokens[:-1]] + w["positions"][:count])
    y = normalised(x)
    query, key, value = (
        (y @ w[name].T).view(count, gpt.HEADS, gpt.SIZE).transpose(0, 1)
        for name in ("query", "key", "value")
    )
    mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    x = mixed.transpose(0, 1).reshape(count, gpt.CHANNELS) @ w["output"].T + x
    x = (normalised(x) @ w["up"].T).relu() @ w["down"].T + x
    return functional.cross_entropy(x @ w["scores"].T, tokens[1:])


def normalised(x: Scalar) -> Scalar:
    """As `gpt.normalised`, for each row."""
    return x * ((x * x).mean(-1, keepdim=True) + 1e-5) ** -0.5
