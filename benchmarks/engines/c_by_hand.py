"""C as a person writes it, `by_hand.c`: gradients derived by hand, the training loop inside."""

from __future__ import annotations

from ctypes import c_double, c_long
from functools import partial
from itertools import chain
from pathlib import Path

from ..problems import ALPHA, LECTURE_PARAMETERS, POINTS, Stepwise, demo_parameters, moons
from . import native
from .float_style import demo_loss_of, lecture_loss_of

C = native.load(Path(__file__).with_name("by_hand.c").read_text())


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
