"""C as a person writes it: gradients derived by hand, and the training loop inside.

The texts are `by_hand.c` and `by_hand_gpt.c`.
"""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import Array, c_double, c_long
from functools import partial
from itertools import chain
from pathlib import Path

from .. import gpt
from ..problems import ALPHA, LECTURE_PARAMETERS, POINTS, Stepwise, demo_parameters, moons
from . import native
from .float_style import demo_loss_of, lecture_loss_of

C = native.load(Path(__file__).with_name("by_hand.c").read_text())
GPT = native.load(Path(__file__).with_name("by_hand_gpt.c").read_text())


def lecture(rate: float) -> native.Loop:
    """W1, the loop inside."""
    parameters = native.numbers(LECTURE_PARAMETERS)
    return native.Loop(C.train_lecture, parameters, (c_double(rate),), lecture_loss_of)


def lecture_by_calls(rate: float) -> Stepwise:
    """W1, a call for every step."""
    training = lecture(rate)
    return Stepwise(partial(training.run, 1), training.loss)


def demo(rate: float, count: int = POINTS) -> native.Loop:
    """W2, the loop inside."""
    points, labels = moons(count)
    data = native.numbers(list(chain(*points))), native.numbers(labels), c_long(count)
    return native.Loop(
        C.train_demo,
        native.numbers(demo_parameters()),
        (*data, c_double(ALPHA), c_double(rate)),
        partial(demo_loss_of, points=points, labels=labels),
    )


class GptTraining:
    """W4: one call for the steps of several documents."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        start = list(gpt.numbers_of(gpt.weights()))
        self._parameters = native.numbers(start)
        self._means = native.numbers([0.0] * len(start))
        self._squares = native.numbers([0.0] * len(start))

    def run(self, documents: Sequence[list[int]]) -> None:
        """A step for each document."""
        done, count = len(self.losses), len(documents)
        losses = native.numbers([0.0] * count)
        GPT.train_gpt(
            *(self._parameters, self._means, self._squares),
            whole_numbers(list(chain(*documents))),
            whole_numbers(list(map(len, documents))),
            *(c_long(count), c_long(done + 1)),
            native.numbers([gpt.rate(step) for step in range(done, done + count)]),
            *(c_double(number) for number in (*gpt.BETAS, gpt.EPSILON)),
            losses,
        )
        self.losses += losses


def whole_numbers(values: Sequence[int]) -> Array[c_long]:
    """An array of C's."""
    return (c_long * len(values))(*values)


gpt_training = GptTraining
