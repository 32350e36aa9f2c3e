"""Compiled graphs: a recorded graph as a program that runs again and again.

Read in this order:

graphs       compile_graph
functions    compile_function: a graph for each branch that a function takes
problem      the graph to compile, as plain data
program      its lines: the rows of the table forward, their partials backward
identifiers  the names in the source
targets      Python, NumPy, C and JavaScript as source, and how each runs
library      C source as a shared library, kept in a cache
backend      what every target offers; recording again where a program gives up
compiled     Compiled, the function of numbers that users call
inputs       its numbers, checked
descent      gradient descent: rules, settings, state
"""

from autograd_mini.compiler.backend import StaleGraph as StaleGraph
from autograd_mini.compiler.compiled import Compiled as Compiled
from autograd_mini.compiler.functions import CompiledFunction as CompiledFunction
from autograd_mini.compiler.functions import compile_function as compile_function
from autograd_mini.compiler.graphs import compile_graph as compile_graph
