"""micrograd's module `engine`."""

from autograd_mini.engine.value import Value as Value
