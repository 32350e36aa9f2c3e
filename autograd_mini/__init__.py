"""A scalar autodiff engine for people who teach and learn the chain rule.

>>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
>>> out = sigmoid(w * x)
>>> out.backward()
>>> print(f"{out:.4f} {w.grad:.4f}")
0.7311 0.3932
"""

from .composites import logsumexp as logsumexp
from .composites import softmax as softmax
from .graph import Share as Share
from .graph import Step as Step
from .graph import backward_steps as backward_steps
from .graph import topological_order as topological_order
from .ops import *  # noqa: F403  every row of the table is a function
from .recording import operation as operation
from .transforms import grad as grad
from .transforms import gradients as gradients
from .transforms import hessian as hessian
from .transforms import jvp as jvp
from .value import Value as Value
from .value import label as label
from .value import scope as scope

__version__ = "0.1.0"
