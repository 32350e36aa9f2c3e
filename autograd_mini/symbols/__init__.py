"""Names and formulas of a graph, and the printers that write them.

`names` names the values of a graph, `formulas` makes trees over these names, and `simplify` makes
them short. `text`, `latex`, `mathml` and `code` print a tree. `tape` is a graph as plain
data.
"""

import sys
from types import ModuleType
from typing import NoReturn


class _Package(ModuleType):
    __module__ = "types"  # a module is no public name of autograd_mini

    def __call__(self, *names: object) -> NoReturn:
        """Raises: TypeError, to users who look for SymPy's symbols()."""
        raise TypeError(
            "autograd_mini.symbols is a package; a Value has a number from the start: "
            'write x = Value(3.0, label="x")'
        )


sys.modules[__name__].__class__ = _Package
