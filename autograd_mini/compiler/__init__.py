"""Compiled graphs: what was recorded once, printed as a program and run again and again.

terms, program      the table's rows as lines: forward, then the table's partials backward
problem             what is compiled, as plain data
targets             Python, NumPy, C and JavaScript; and flat tapes for large graphs
library             C source as a shared library, kept in a cache
engine, compiled    running it; what a program cannot do is done eagerly, which says why
descent, updates    gradient descent inside the program
functions           functions that are recorded for each branch that they take
"""

from autograd_mini.compiler.compiled import Compiled as Compiled
from autograd_mini.compiler.engine import StaleGraph as StaleGraph
from autograd_mini.compiler.functions import CompiledFunction as CompiledFunction
from autograd_mini.compiler.functions import compile_function as compile_function
from autograd_mini.compiler.graphs import compile_graph as compile_graph
