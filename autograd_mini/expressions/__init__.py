"""The expression tree of a row, and its printers.

`tree` has what the engine needs: the tree, and the printer of Python. What writes formulas for
people is in `formulas` (plain text), `latex` and `mathml`, and is imported from there.
"""

from autograd_mini.expressions.tree import ATOM as ATOM
from autograd_mini.expressions.tree import BINARY as BINARY
from autograd_mini.expressions.tree import COMPARISON as COMPARISON
from autograd_mini.expressions.tree import COMPARISONS as COMPARISONS
from autograd_mini.expressions.tree import CONDITIONAL as CONDITIONAL
from autograd_mini.expressions.tree import NEGATION as NEGATION
from autograd_mini.expressions.tree import POWER as POWER
from autograd_mini.expressions.tree import PRODUCT as PRODUCT
from autograd_mini.expressions.tree import SUM as SUM
from autograd_mini.expressions.tree import Printer as Printer
from autograd_mini.expressions.tree import PythonPrinter as PythonPrinter
from autograd_mini.expressions.tree import is_deeper as is_deeper
from autograd_mini.expressions.tree import parse as parse
