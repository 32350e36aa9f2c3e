"""What compiles on a machine that lacks a compiler, NumPy, or a home that can be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import nn
from autograd_mini import Value, compile_function, compile_graph
w, x = Value(0.5, "w"), Value(2.0, "x")
for target in ("python", "auto", "c", "numpy", "javascript"):
    try:
        compiled = compile_graph((w * x).tanh(), [w, x], target=target)
        print(target, compiled.target, compiled(0.0, 3.0) if target != "javascript" else "written")
    except (RuntimeError, ImportError) as reason:
        print(target, "-", reason)
model = nn.MLP(2, [2, 1], activation="tanh", output="sigmoid", seed=0)
optimizer = nn.SGD(model.parameters(), 1.0)
print(nn.fit(model, nn.xor(), nn.binary_cross_entropy, optimizer, 10, compiled=True))
"""


def run(**environment: str) -> list[str]:
    """What the program prints in an interpreter that sees no installed package."""
    command = [sys.executable, "-I", "-S", "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_without_a_compiler_and_numpy_the_rest_works_and_they_are_named() -> None:
    lines = run(PATH="", HOME="/nonexistent")
    assert lines[:2] == ["python python (0.0, [3.0, 0.0])", "auto python (0.0, [3.0, 0.0])"]
    assert lines[2:5] == [
        "c - a C compiler is needed, and the command 'cc' cannot be found; install one "
        "(apt-get install gcc on Debian, xcode-select --install on macOS), name another in the "
        'environment variable CC, or use target="python"',
        "numpy - the target numpy needs NumPy: install it with `pip install numpy`, or use the "
        "target python",
        "javascript javascript written",
    ]
    assert lines[5].startswith("History(10 epochs, 10 updates, loss ")


@pytest.mark.cc
@pytest.mark.parametrize(
    "home",
    ["/nonexistent", *(pytest.param(home, marks=pytest.mark.long) for home in ("", "/proc"))],
)
def test_without_a_home_that_can_be_written_c_is_built_every_time(home: str) -> None:
    environment = {"PATH": os.environ["PATH"], **({"HOME": home} if home else {})}
    lines = run(**environment)
    assert lines[1:3] == ["auto c (0.0, [3.0, 0.0])", "c c (0.0, [3.0, 0.0])"]
