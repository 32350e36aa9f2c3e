"""What the tests of compiled graphs compare them with: the same graphs, recorded and followed."""

from __future__ import annotations

import json
import math
import random
import subprocess
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from autograd_mini import DomainError, Operation, Value, gradients
from autograd_mini.engine.operation import TABLE

ROWS = list(TABLE.values())  # as shipped: rows that other tests may register are left out
UNARY = [row for row in ROWS if row.arity == 1]
BINARY = [row for row in ROWS if row.arity == 2]
EVERY_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)

C = pytest.param("c", marks=pytest.mark.cc)
NUMPY = pytest.param(
    "numpy",
    marks=pytest.mark.skipif(find_spec("numpy") is None, reason="NumPy is not installed"),
)
PYTHON_AND_C = pytest.mark.parametrize("target", ["python", C])
EVERY_CALLABLE_TARGET = pytest.mark.parametrize("target", ["python", NUMPY, C])

SPECIAL = [
    *(0.0, -0.0, 0.5, 1.0, -1.0, 2.0, -3.0, math.inf, -math.inf, math.nan),
    *(1e308, -1e308, 5e-324, -5e-324, 710.0, -746.0),
]


def points(row: Operation, number: int) -> Iterator[tuple[float, ...]]:
    """Points of the row's domain, the same at every run; after them those of its kink."""
    generator = random.Random(row.name)
    for _ in range(number):
        yield tuple(generator.uniform(*interval) for interval in row.domain)
    if row.kink == "x":
        yield from [(0.0,), (-0.0,)]
    elif row.kink:
        yield from [(0.0, -0.0), (1.5, 1.5), (-2.0, -2.0)]


def leaves(numbers: Sequence[float]) -> list[Value]:
    """Labelled x and y, or x1, x2, ... if there are more."""
    names = "xy" if len(numbers) <= 2 else [f"x{k + 1}" for k in range(len(numbers))]
    return [Value(number, label=name) for number, name in zip(numbers, names)]


def recorded(f: Callable[..., Any], numbers: Sequence[float]) -> tuple[Any, list[Any]]:
    """The value of a recording and its derivatives; of several outputs, lists of them."""
    xs = leaves(numbers)
    found = f(*xs)
    if isinstance(found, Value):
        return found.data, gradients(found, xs)
    return [y.data for y in found], [gradients(y, xs) for y in found]


def outcome(compute: Callable[..., Any], *arguments: Any) -> tuple[str, Any]:
    """How a call ended: what it gave, or the DomainError that it raised."""
    try:
        return "is", compute(*arguments)
    except DomainError as error:
        return "DomainError", str(error)


def same(found: Any, expected: Any) -> bool:
    """Whether all numbers are equal, a nan to a nan, in lists and tuples of them."""
    if isinstance(expected, (list, tuple)):
        return len(found) == len(expected) and all(map(same, found, expected))
    return found == expected or (expected != expected and found != found)


def is_finite(found: Any) -> bool:
    """Whether all numbers are finite, in lists and tuples of them."""
    if isinstance(found, (list, tuple)):
        return all(map(is_finite, found))
    return math.isfinite(found)


def numbers_of(found: Any) -> list[float]:
    """The numbers in lists and tuples, one after the other."""
    if isinstance(found, (list, tuple)):
        return [number for part in found for number in numbers_of(part)]
    return [float(found)]


def run_in_node(
    folder: Path, programs: Sequence[tuple[str, Sequence[Sequence[float]]]]
) -> list[list[Any]]:
    """For each program and each row of inputs what its function gives, or the error's message."""
    for number, (source, _) in enumerate(programs):
        (folder / f"program{number}.mjs").write_text(source)
    rows = [[list(map(str, row)) for row in rows] for _, rows in programs]
    (folder / "rows.json").write_text(json.dumps(rows))
    (folder / "run.mjs").write_text(RUN)
    done = subprocess.run(
        ["node", "run.mjs"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [[read(each) for each in found] for found in json.loads(done.stdout)]


RUN = """
import { readFileSync } from "node:fs";
const names = { inf: Infinity, "-inf": -Infinity, nan: NaN };
const number = (text) => (text in names ? names[text] : Number(text));
const text = (found) =>
  Array.isArray(found) ? found.map(text) : Object.is(found, -0) ? "-0.0" : String(found);
const results = [];
const programs = JSON.parse(readFileSync("rows.json"));
for (let k = 0; k < programs.length; k++) {
  const { valueAndGradients } = await import(`./program${k}.mjs`);
  results.push(programs[k].map((row) => {
    try {
      return text(valueAndGradients(...row.map(number)));
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  }));
}
console.log(JSON.stringify(results));
"""


def read(found: Any) -> Any:
    """Numbers as Node writes them; a message stays one."""
    if isinstance(found, list):
        return [read(each) for each in found]
    try:
        return float(found.replace("Infinity", "inf"))
    except ValueError:
        return found
