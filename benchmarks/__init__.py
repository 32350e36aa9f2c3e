"""Ratios of autograd_mini to its peers: `python -m benchmarks` prints them as a table.

problems      what is computed, the same for every engine
engines/      the problems in each engine's own style; a new engine or target is a module here
measurements  what is counted: time a step, a node or a build, bytes a node, depth, import
comparisons   the rows of the table and what they must reach
rounds        worker processes, engines in turn; a worker is `python -m benchmarks.worker`
report        the table
"""
