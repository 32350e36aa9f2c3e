"""Neural networks on scalar Values: neurons, layers, losses, optimizers and training.

>>> model = MLP(2, [3, 1], activation="tanh", seed=1)
>>> history = fit(model, xor(labels=(-1, 1)), mean_squared_error, SGD(model.parameters(), 0.1), 200)
>>> history.losses[-1] < 0.1
True
"""

from typing import TYPE_CHECKING, NoReturn

from autograd_mini.hints import NN, missing

from .data import circle as circle
from .data import line as line
from .data import moons as moons
from .data import xor as xor
from .init import he_normal as he_normal
from .init import he_uniform as he_uniform
from .init import normal as normal
from .init import uniform as uniform
from .init import xavier_normal as xavier_normal
from .init import xavier_uniform as xavier_uniform
from .init import zeros as zeros
from .layers import ACTIVATIONS as ACTIVATIONS
from .layers import MLP as MLP
from .layers import Layer as Layer
from .layers import Neuron as Neuron
from .lectures import TwoTwoTwo as TwoTwoTwo
from .lectures import two_two_two as two_two_two
from .losses import binary_cross_entropy as binary_cross_entropy
from .losses import binary_cross_entropy_from_logits as binary_cross_entropy_from_logits
from .losses import half_squared_error as half_squared_error
from .losses import hinge as hinge
from .losses import mean_squared_error as mean_squared_error
from .losses import softmax_cross_entropy as softmax_cross_entropy
from .losses import sum_of_squares as sum_of_squares
from .module import Module as Module
from .optim import SGD as SGD
from .optim import Adam as Adam
from .optim import Optimizer as Optimizer
from .training import History as History
from .training import evaluate as evaluate
from .training import fit as fit
from .update import TrainingError as TrainingError

# The names that help() lists. Type checkers read only a written-out list; without one they take the
# names that are imported `as` themselves.
if not TYPE_CHECKING:
    __all__ = ["ACTIVATIONS"] + [
        name
        for name, thing in globals().items()
        if getattr(thing, "__module__", "").startswith(f"{__name__}.")
    ]

    def __getattr__(name: str) -> NoReturn:
        raise missing(f"module {__name__!r}", name, NN)
