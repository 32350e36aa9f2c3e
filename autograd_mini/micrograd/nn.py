"""micrograd's module `nn`."""

from autograd_mini.engine.value import Value as Value
from autograd_mini.nn import MLP as MLP
from autograd_mini.nn import Layer as Layer
from autograd_mini.nn import Module as Module
from autograd_mini.nn import Neuron as Neuron
