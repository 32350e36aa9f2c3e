"""micrograd's names, so that a program written for micrograd runs with its import changed.

    from autograd_mini.micrograd.engine import Value
    from autograd_mini.micrograd.nn import Neuron, Layer, MLP

`from autograd_mini.micrograd import Value, MLP` gives the same. The networks are those of `nn` with
micrograd's defaults. A Value has `_prev`, `_op` and `_backward` too, so that `draw_dot` of the
lecture, a backward pass node by node and operations by hand run unchanged:

>>> a, b = Value(2.0), Value(-3.0)
>>> e = a * b + 10.0
>>> e.grad = 1.0
>>> for node in (e, *e._prev):
...     node._backward()
>>> a.grad, b.grad
(-3.0, 2.0)
"""

from autograd_mini.drawing import draw_dot as draw_dot
from autograd_mini.micrograd.engine import Value as Value
from autograd_mini.micrograd.nn import MLP as MLP
from autograd_mini.micrograd.nn import Layer as Layer
from autograd_mini.micrograd.nn import Module as Module
from autograd_mini.micrograd.nn import Neuron as Neuron
