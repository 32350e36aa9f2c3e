"""Totals over a batch by NumPy and JAX: networks of every form, whose layers become `@`."""

from __future__ import annotations

import math
import os
import random
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recipes import leaves_of, outputs_of, random_recipe

import nn
from autograd_mini import Compiled, DomainError, Value, compile_graph, gradients
from autograd_mini.compiler.targets import layers

numpy = pytest.importorskip("numpy")

CLOSE = {"rtol": 1e-12, "atol": 1e-12}
FORMS = ["plain", "skip", "shared", "twice", "penalty", "scaled"]


class Sample(NamedTuple):
    """The loss of one sample, with the Values of its parameters and of its row."""

    loss: Value
    parameters: list[Value]
    row: list[Value]

    def compiled(self, target: str = "numpy", **options: Any) -> Compiled:
        return compile_graph(
            self.loss, [*self.parameters, *self.row], self.parameters, target, **options
        )

    def eagerly(self, rows: Sequence[Sequence[float]]) -> tuple[float, Any]:
        """The sum of the losses, and the sum of the gradients, of recordings of each row."""
        tape = compile_graph(self.loss, [*self.parameters, *self.row], target="javascript")
        start = [parameter.data for parameter in self.parameters]
        found = [tape(*start, *row) for row in rows]  # this target records every call
        slopes = numpy.array([each[: len(start)] for _, each in found])
        return math.fsum(loss for loss, _ in found), slopes.sum(0)


@st.composite
def samples(draw: Any) -> Sample:
    """A sample of a network of any size, activation, bias, loss and form."""
    width = draw(st.integers(1, 3))
    last = draw(st.integers(1, 3))
    model: Any = nn.MLP(
        width,
        [*draw(st.lists(st.integers(1, 6), min_size=1, max_size=2)), last],
        activation=draw(st.sampled_from(["relu", "tanh", "sigmoid", "softplus", squared])),
        output=draw(st.sampled_from(["linear", "tanh", "sigmoid"])),
        bias=draw(st.sampled_from([None, 0.1])),
        share_bias=draw(st.booleans()),
        seed=draw(st.integers(0, 99)),
    )
    parameters = list(model.parameters())
    inputs, targets = leaves_of([0.5] * width), leaves_of([1.0] * last)
    form = draw(st.sampled_from(FORMS))
    outputs = listed(model(inputs))
    if form == "skip":
        outputs = [o + x for o, x in zip(outputs, inputs * last)]
    elif form == "shared":
        outputs = [o * other for o, other in zip(outputs, listed(model([x * x for x in inputs])))]
    elif form == "scaled":
        parameters.append(Value(1.5))
        outputs = [o * parameters[-1] for o in outputs]
    losses = [nn.half_squared_error, nn.sum_of_squares, nn.mean_squared_error]
    loss = draw(st.sampled_from(losses))(outputs, targets)
    if form == "twice":
        loss = loss + nn.half_squared_error(outputs, [0.25] * last)
    elif form == "penalty":
        loss = loss + 0.01 * sum(w * w for w in parameters)
    return Sample(loss, parameters, [*inputs, *targets])


def squared(x: Value) -> Value:
    return x * x / 2.0


def listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def rows_for(sample: Sample, count: int = 5) -> list[list[float]]:
    generator = random.Random(count)
    return [[generator.uniform(-1.5, 1.5) for _ in sample.row] for _ in range(count)]


def numbers_for(sample: Sample) -> list[float]:
    return [parameter.data for parameter in sample.parameters]


def network() -> Sample:
    """MLP(2, [12, 12, 1]) with the hinge loss of its benchmark."""
    model: Any = nn.MLP(2, [12, 12, 1], seed=1)
    row = [Value(0.5, label="x1"), Value(-0.5, label="x2"), Value(1.0, label="t")]
    return Sample((1 + -row[2] * model(row[:2])).relu(), list(model.parameters()), row)


@pytest.fixture
def every_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs without layers are written as if they had some."""
    monkeypatch.setattr(layers, "FEWEST_ALIKE", 0)


@pytest.fixture
def jax() -> Iterator[Any]:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    return jax


@pytest.mark.usefixtures("every_graph")
@settings(max_examples=30)
@given(samples())
def test_any_network_has_the_same_total_by_numpy_as_recorded(sample: Sample) -> None:
    program = sample.compiled()
    assert "def total(parameters, rows):" in program.source
    rows = rows_for(sample)
    value, slopes = program.total(numbers_for(sample), rows)
    expected, expected_slopes = sample.eagerly(rows)
    assert value == pytest.approx(expected, rel=1e-12)
    assert numpy.allclose(slopes, expected_slopes, **CLOSE)


@pytest.mark.cc
@settings(max_examples=3)
@given(samples())
def test_any_network_has_the_same_total_by_c_as_by_numpy(sample: Sample) -> None:
    rows = rows_for(sample, 40)  # enough for C's lanes
    value, slopes = sample.compiled().total(numbers_for(sample), rows)
    expected, expected_slopes = sample.compiled("c").total(numbers_for(sample), rows)
    assert value == pytest.approx(expected, rel=1e-12)
    assert numpy.allclose(slopes, expected_slopes, **CLOSE)


@pytest.mark.usefixtures("every_graph")
def test_any_network_has_the_same_total_by_jax_as_recorded(jax: Any) -> None:
    @settings(max_examples=12)
    @given(samples())
    def check(sample: Sample) -> None:
        program = sample.compiled(xp=jax.numpy)
        rows = rows_for(sample)
        value, slopes = jax.jit(program.total)(numpy.array(numbers_for(sample)), numpy.array(rows))
        expected, expected_slopes = sample.eagerly(rows)
        assert float(value) == pytest.approx(expected, rel=1e-12)
        assert slopes.shape == (len(sample.parameters),)
        assert numpy.allclose(slopes, expected_slopes, **CLOSE)

    check()


@pytest.mark.usefixtures("every_graph")
@pytest.mark.parametrize("first", [0, pytest.param(100, marks=pytest.mark.long)])
def test_any_graph_can_be_written_by_layers(first: int) -> None:
    """Forty graphs over all rows; some of their leaves are parameters."""
    compared = 0
    for seed in range(first, first + 40):
        generator = random.Random(seed)
        recipe = random_recipe(seed, generator.randint(3, 60))
        xs = leaves_of(recipe.leaves)
        parameters = generator.sample(xs, generator.randint(1, len(xs)))
        given = [x for x in xs if x not in parameters]
        sample = Sample(outputs_of(recipe, xs)[0], parameters, given)
        program = sample.compiled()
        if "def total" in program.source:
            compared += 1
            rows = [[x.data for x in given]] * 3
            value, slopes = program.total(numbers_for(sample), rows)
            assert value == pytest.approx(3 * sample.loss.data, rel=1e-12)
            expected = 3 * numpy.array(gradients(sample.loss, parameters))
            scale = max(1.0, *map(abs, expected))
            assert numpy.allclose(slopes, expected, rtol=0.0, atol=1e-12 * scale)
    assert compared > 30


def test_layers_are_products_of_matrices_in_the_source() -> None:
    source = network().compiled().source
    assert source.count(" @ ") == 8  # 3 forward; 3 for the weights and 2 for the values backward
    assert "W2 = parameters[36 + 13 * arange(12)[:, None] + arange(12)]" in source
    assert " @ " not in compile_graph(Value(2.0) * 3.0, [], target="numpy").source


def test_a_graph_of_few_operations_alike_has_no_total_by_layers() -> None:
    x, w = Value(0.5, label="x"), Value(2.0, label="w")
    program = compile_graph((w * x + 1.0).sigmoid(), [w, x], [w], "numpy")
    assert "def total" not in program.source
    assert program.total([2.0], [[0.5], [1.0]])[0] == pytest.approx(
        (w * 0.5 + 1).sigmoid().data + (w + 1).sigmoid().data
    )


def test_a_row_without_a_value_is_named_where_the_layers_are_products(raises: Any) -> None:
    model: Any = nn.MLP(2, [12, 12, 1], activation="tanh", seed=1)
    x = [Value(0.5, label="x1"), Value(2.0, label="x2")]
    sample = Sample((model(x) * x[1].log()), list(model.parameters()), x)
    program = sample.compiled()
    assert "def total" in program.source
    with raises(DomainError, "log(x2) does not exist at x2 = -1.0"):
        program.total(numbers_for(sample), [[0.5, 2.0], [0.5, -1.0]])


def test_an_infinity_that_an_activation_hides_is_found(raises: Any) -> None:
    """tanh(inf) is 1: only the sum before it shows that a recording would raise."""
    model: Any = nn.MLP(2, [12, 12, 1], activation="tanh", seed=1)
    x = [Value(0.5, label="x1"), Value(2.0, label="x2")]
    program = Sample(model(x), parameters := list(model.parameters()), x).compiled()
    numbers = [1e200] * len(parameters)
    with pytest.raises(DomainError, match="overflows at"):
        program.total(numbers, [[1e200, 1.0]])


def test_no_rows_and_rows_that_are_an_array() -> None:
    sample = network()
    program, numbers = sample.compiled(), numbers_for(sample)
    assert program.total(numbers, []) == (0.0, [0.0] * len(numbers))
    rows = rows_for(sample)
    assert program.total(numbers, numpy.array(rows)) == program.total(numbers, rows)


def test_a_descent_on_a_batch_by_numpy_follows_the_layers() -> None:
    sample = network()
    rows, numbers = rows_for(sample, 20), numbers_for(sample)
    found = sample.compiled().descend(numbers, 0.1, 20, rows).values
    assert numpy.allclose(found, sample.compiled("python").descend(numbers, 0.1, 20, rows).values)


def test_a_total_under_jax_refuses_arrays_of_other_shapes(jax: Any, raises: Any) -> None:
    sample = network()
    program = sample.compiled(xp=jax.numpy)
    count = len(sample.parameters)
    with raises(ValueError, f"numbers must have the shape ({count},), got (3,)"):
        program.total([1.0, 2.0, 3.0], rows_for(sample))
    with raises(ValueError, "the batch must have the shape (rows, 3), got (5, 2)"):
        program.total(numpy.zeros(count), numpy.zeros((5, 2)))


def test_a_total_under_jax_of_a_graph_without_layers_is_a_sum(jax: Any) -> None:
    x, w = Value(0.5, label="x"), Value(2.0, label="w")
    program = compile_graph((w * x).sigmoid(), [w, x], [w], "numpy", xp=jax.numpy)
    rows = numpy.array([[0.5], [1.0]])
    value, slopes = jax.jit(program.total)(numpy.array([2.0]), rows)
    expected, (slope,) = compile_graph((w * x).sigmoid(), [w, x], [w]).total([2.0], rows)
    assert float(value) == pytest.approx(expected, rel=1e-12)
    assert slopes.tolist() == pytest.approx([slope], rel=1e-12)


# -- many devices ----------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "many_devices.md"
WITH_JAX = pytest.mark.skipif(find_spec("jax") is None, reason="JAX is not installed")


def started(folder: Path, devices: int, *arguments: str) -> subprocess.Popen[str]:
    """The program of the page, which compares its gradients with those of one device."""
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.M)
    (folder / "train.py").write_text(program)
    flags = f"--xla_force_host_platform_device_count={devices}"
    return subprocess.Popen(
        [sys.executable, "train.py", *arguments],
        cwd=folder,
        env={**os.environ, "XLA_FLAGS": flags},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def first_line(process: subprocess.Popen[str]) -> str:
    printed, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return next(line for line in printed.splitlines() if "processes" in line)


@WITH_JAX
@pytest.mark.parametrize("devices", [8, pytest.param(4, marks=pytest.mark.long)])
def test_a_batch_is_split_over_devices_with_equal_gradients(devices: int, tmp_path: Path) -> None:
    printed = first_line(started(tmp_path, devices))
    assert printed == f"1 processes, {devices} devices: equal gradients"


@WITH_JAX
def test_a_batch_is_split_over_two_processes_with_equal_gradients(tmp_path: Path) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{found.getsockname()[1]}"
    processes = [started(tmp_path, 2, address, "2", str(number)) for number in range(2)]
    try:
        printed = [first_line(process) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert printed == ["2 processes, 4 devices: equal gradients"] * 2
