"""A scalar autodiff engine for people who teach and learn the chain rule.

>>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
>>> out = sigmoid(w * x)
>>> out.backward()
>>> print(f"{out:.4f} {w.grad:.4f}")
0.7311 0.3932
"""

import builtins
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

# Ctrl-C ends the command without a traceback while it imports; `cli.main` takes over.
if (sys.argv[:1] and sys.argv[0].endswith(("-m", "autograd-mini"))) and signal.getsignal(
    signal.SIGINT
) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from autograd_mini.engine.graph import topological_order as topological_order
from autograd_mini.engine.native import engine_name as engine_name
from autograd_mini.engine.operation import DomainError as DomainError
from autograd_mini.engine.operation import Operation as Operation
from autograd_mini.engine.ops import *  # noqa: F403  every row of the table is a function
from autograd_mini.engine.transforms import gradients as gradients
from autograd_mini.engine.transforms import hessian as hessian
from autograd_mini.engine.transforms import jvp as jvp
from autograd_mini.engine.value import Value as Value
from autograd_mini.extensions import by_hand, other_libraries, pickling  # noqa: F401  extend Value
from autograd_mini.extensions.composites import logsumexp as logsumexp
from autograd_mini.extensions.composites import pick as pick
from autograd_mini.extensions.composites import softmax as softmax
from autograd_mini.extensions.grad import grad as grad
from autograd_mini.extensions.grad import jacobian as jacobian
from autograd_mini.extensions.grad import value_and_grad as value_and_grad
from autograd_mini.extensions.grad import vjp as vjp
from autograd_mini.extensions.own_operations import operation as operation
from autograd_mini.extensions.scopes import scope as scope
from autograd_mini.hints import PACKAGE as _HINTS
from autograd_mini.hints import missing as _missing
from autograd_mini.symbols.labels import label as label

if TYPE_CHECKING:
    from autograd_mini.checking import assert_gradient as assert_gradient
    from autograd_mini.checking import check_formula as check_formula
    from autograd_mini.checking import check_printed as check_printed
    from autograd_mini.checking import check_sheet as check_sheet
    from autograd_mini.checking import gradcheck as gradcheck
    from autograd_mini.compiler import Compiled as Compiled
    from autograd_mini.compiler import CompiledFunction as CompiledFunction
    from autograd_mini.compiler import StaleGraph as StaleGraph
    from autograd_mini.compiler import compile_function as compile_function
    from autograd_mini.compiler import compile_graph as compile_graph
    from autograd_mini.derivation import Derivation as Derivation
    from autograd_mini.derivation import Share as Share
    from autograd_mini.derivation import Step as Step
    from autograd_mini.derivation import backward_steps as backward_steps
    from autograd_mini.derivation import explain as explain
    from autograd_mini.derivation import forward_pass as forward_pass
    from autograd_mini.drawing import draw as draw
    from autograd_mini.drawing import draw_dot as draw_dot
    from autograd_mini.drawing import draw_matrix as draw_matrix
    from autograd_mini.drawing import draw_network as draw_network

__version__ = "0.1.0"

# Imported when first used, since most programs only compute; each with its package.
_LATER = {
    "Compiled": "compiler",
    "CompiledFunction": "compiler",
    "StaleGraph": "compiler",
    "compile_function": "compiler",
    "compile_graph": "compiler",
    "draw": "drawing",
    "draw_dot": "drawing",
    "draw_matrix": "drawing",
    "draw_network": "drawing",
    "Derivation": "derivation",
    "Share": "derivation",
    "Step": "derivation",
    "backward_steps": "derivation",
    "explain": "derivation",
    "forward_pass": "derivation",
    "assert_gradient": "checking",
    "check_formula": "checking",
    "check_printed": "checking",
    "check_sheet": "checking",
    "gradcheck": "checking",
}

# The names in help(), in completion and, without abs and pow, in `import *`: those would replace
# Python's own. Type checkers read only a list that is written out; without one they take what is
# imported `as` itself.
if not TYPE_CHECKING:
    _public = [
        name
        for name, thing in globals().items()
        if not name.startswith("_") and getattr(thing, "__module__", "").startswith(f"{__name__}.")
    ]
    _public += _LATER
    __all__ = [name for name in _public if not hasattr(builtins, name)]

    def __dir__() -> list[str]:
        return sorted({*_public, *(name for name in globals() if name.startswith("__"))})


def __getattr__(name: str) -> Any:
    if name == "nn":
        return import_module("autograd_mini.nn")
    if name in _LATER:
        return getattr(import_module(f"autograd_mini.{_LATER[name]}"), name)
    raise _missing(f"module {__name__!r}", name, _HINTS)
