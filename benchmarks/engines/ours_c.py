"""autograd_mini, its graphs recorded once and compiled to C."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from autograd_mini import compile_function, pick, softmax

from .. import gpt
from ..problems import Scalar
from . import compiled_style

TARGET = "c"

lecture = partial(compiled_style.lecture, TARGET)
lecture_by_calls = partial(compiled_style.lecture_by_calls, TARGET)
lecture_by_gradients = partial(compiled_style.lecture_by_gradients, TARGET)
demo = partial(compiled_style.demo, TARGET)
first_lecture = partial(compiled_style.first_lecture, TARGET)
first_demo = partial(compiled_style.first_demo, TARGET)
recorded_graph = partial(compiled_style.recorded_graph, TARGET)


class GptTraining:
    """W4: a program for each length of a word, recorded and built when it comes first."""

    def __init__(self) -> None:
        def loss(w: gpt.Weights, tokens: list[Scalar]) -> Scalar:
            return gpt.loss(w, tokens, softmax, pick)

        function = compile_function(loss, target=TARGET, argnums=0)
        beta1, beta2 = gpt.BETAS
        self._descent = function.descend(
            gpt.weights(), gpt.rate, [], method="adam", beta1=beta1, beta2=beta2
        )

    @property
    def losses(self) -> list[float]:
        """One for each step so far."""
        return self._descent.losses

    def run(self, documents: Sequence[list[int]]) -> None:
        """A step for each document."""
        self._descent.run((document,) for document in documents)


gpt_training = GptTraining
