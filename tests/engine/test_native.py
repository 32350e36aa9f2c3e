"""The engine in C against the engine in Python: the same bits, errors and lifetimes."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from weakref import ref

import pytest

from autograd_mini import Operation, Value
from autograd_mini.engine.native import has_the_rows
from autograd_mini.engine.operation import TABLE

needs_native = pytest.mark.skipif(
    find_spec("autograd_mini.engine._native") is None, reason="the engine in C is not built"
)

# Records random operations and hashes all that they give. Its argument is the number of operations.
RECORDS = """
import hashlib, operator, random, sys
import autograd_mini as ag
from autograd_mini import DomainError, Value, gradients
from autograd_mini.engine.operation import TABLE
from autograd_mini.engine.recording import OPERATORS

SPECIAL = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 1e308, -1e308, 5e-324, -5e-324,
           0, 1, -1, 2, 3, True, 10**400, 1.0, -1.0, 2.0, 0.5, 3.0, 710.0, -746.0]
draw = random.Random(sys.argv[1])
digest = hashlib.sha256()
seen = dict.fromkeys([*TABLE, "errors"], 0)

def note(*things):
    digest.update(repr(things).encode())

def number():
    if draw.random() < 0.25:
        return draw.choice(SPECIAL)
    return draw.uniform(-3.0, 3.0) if draw.random() < 0.8 else draw.uniform(-1.0, 1.0) * 1e3

def record(values):
    row = draw.choice(list(TABLE.values()))
    operands = [draw.choice(values)]
    if row.arity == 2:
        operands.append(draw.choice(values) if draw.random() < 0.6 else number())
    way = draw.randrange(3)
    if way == 0:
        return getattr(operands[0], row.name)(*operands[1:])
    if draw.random() < 0.5:
        operands.reverse()
    operator_names = OPERATORS.get((row.symbol, row.arity))
    return (getattr(operator, operator_names[0]) if operator_names and way == 1 else row)(*operands)

count = 0
while count < int(sys.argv[1]):
    values = []
    for _ in range(draw.randint(1, 4)):
        try:
            values.append(Value(number(), label=draw.choice(["", "a"])))
        except DomainError as error:
            note(str(error))
    leaves = list(values)
    for _ in range(draw.randint(2, 20) if values else 0):
        count += 1
        try:
            values.append(record(values))
        except (DomainError, TypeError) as error:
            seen["errors"] += 1
            note(type(error), str(error), getattr(error, "operands", None))
            continue
        made = values[-1]
        seen[made.op.name] += 1
        note(made.op, made.data, made.partials, made.label, [str(each) for each in made.operands])
    for root in values[-2:]:
        root.backward()
        note([(each.data, each.grad, each.has_grad) for each in values])
    for leaf in leaves:
        if draw.random() < 0.3:
            leaf.grad = draw.choice([None, 1.5, 2.0])
    for root in values[-1:]:
        root.backward()
        note([each.grad for each in values])
        try:
            note([str(each) for each in gradients(root, leaves, create_graph=True)])
        except (DomainError, ValueError) as error:
            note(type(error), str(error))
print(ag.engine_name, digest.hexdigest(), min(seen.values()))
"""


def run(program: str, *arguments: object, pure: bool = False) -> str:
    """The output of a program in a fresh interpreter."""
    environment = {**os.environ, "AUTOGRAD_MINI_PURE": "1" if pure else ""}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ran.stderr == ""
    return ran.stdout


@needs_native
@pytest.mark.parametrize("count", [4_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_both_engines_record_the_same_numbers_errors_and_gradients(count: int) -> None:
    in_c, in_python = run(RECORDS, count), run(RECORDS, count, pure=True)
    assert (in_c[:1], in_python) == ("C", in_c.replace("C", "Python", 1))
    least = in_c.split()[-1]
    assert int(least) > count // len(TABLE) // 4, "each row, and errors, are recorded"


def test_a_variable_of_the_environment_forces_the_engine_in_python() -> None:
    program = "import autograd_mini; print(autograd_mini.engine_name)"
    assert run(program, pure=True) == "Python\n"
    found = "Python" if find_spec("autograd_mini.engine._native") is None else "C"
    assert run(program) == f"{found}\n"


@needs_native
def test_an_extension_that_was_built_from_other_rows_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    extension = import_module("autograd_mini.engine._native")
    for name in TABLE.keys() - extension.values(1, 1).keys():  # the rows of other tests
        monkeypatch.delitem(TABLE, name)
    assert has_the_rows(extension)
    monkeypatch.setitem(TABLE, "neg", Operation("neg", "-x", "1"))
    assert not has_the_rows(extension)


@needs_native
def test_a_second_interpreter_of_the_process_runs_the_engine_in_python() -> None:
    program = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import autograd_mini
print(autograd_mini.engine_name, flush=True)
code = "import autograd_mini; print(autograd_mini.engine_name, flush=True)"
kind = ["legacy"] if sys.version_info >= (3, 13) else []
interpreter = interpreters.create(*kind)
interpreters.run_string(interpreter, code)
interpreters.destroy(interpreter)
print(autograd_mini.sin(autograd_mini.Value(0.0)))
"""
    assert run(program) == "C\nPython\nValue(data=0.0)\n"


# Prints a hash of the orders and columns of random graphs.
GRAPHS = """
import hashlib, random
import autograd_mini as ag
from autograd_mini import Value, topological_order
from autograd_mini.symbols.tape import columns_of

draw = random.Random(1)
digest = hashlib.sha256()
for _ in range(300):
    values = [Value(draw.random(), label=draw.choice(["", "a"])) for _ in range(4)]
    for _ in range(draw.randrange(60)):
        x, y = draw.choices(values, k=2)
        values.append(draw.choice([x * y, x + y, x.sin(), x - 2.0, 3.0 - x]))
    if draw.random() < 0.5:
        values[-1].backward()
        values[0].grad = None
    reached = [(each.grad, each.has_grad) for each in values]
    order = topological_order(draw.choices(values, k=3))
    rows, codes, xs, ys, constants, data, tags = columns_of(order)
    known = {id(each): number for number, each in enumerate(values)}
    labels = [tag.label for tag in tags]
    text = [[known[id(each)] for each in order], rows, codes, xs, ys, constants, data, labels]
    digest.update(repr(text).encode())
    assert reached == [(each.grad, each.has_grad) for each in values], "a walk changes no Value"
print(ag.engine_name, digest.hexdigest())
"""


@needs_native
def test_both_engines_put_a_graph_in_the_same_order_and_columns() -> None:
    in_c, in_python = run(GRAPHS), run(GRAPHS, pure=True)
    assert (in_c[:1], in_python) == ("C", in_c.replace("C", "Python", 1))


def test_a_subclass_that_refers_to_its_results_is_collected() -> None:
    class Weight(Value):
        twice: Value

    gc.collect()
    weights = []
    for _ in range(10):
        weight = Weight(1.0)
        weight.twice = (weight * 2).sin()
        weights.append(ref(weight.twice))
    del weight
    gc.collect()
    assert [weight() for weight in weights] == [None] * 10


def test_many_passes_and_many_refusals_need_no_more_memory() -> None:
    """In a fresh interpreter; memory of C is counted too."""
    program = """
import resource
from autograd_mini import DomainError, Value
x = Value(0.5, label="x")
y = (x * x + 1).tanh() ** 0.5 / x

def passes(count):
    for _ in range(count):
        y.backward()
        for wrong in lambda: x + None, lambda: x.maximum("1"), lambda: (x - x).log():
            try:
                wrong()
            except (TypeError, DomainError):
                pass

passes(1_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
passes(20_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500)
"""
    pytest.importorskip("resource")
    assert run(program) == "True\n"
