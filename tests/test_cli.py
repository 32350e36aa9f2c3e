"""The command, as a user types it."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

NEURON = """\
from autograd_mini import Value, label
w, x, b = Value(0.5), Value(2.0), Value(-1.0)
out = (w * x + b).tanh()
label(w=w, x=x, b=b, out=out)
out.backward()
count = 3
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograd_mini", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def neuron(tmp_path: Path) -> Path:
    (tmp_path / "neuron.py").write_text(NEURON)
    return tmp_path


def test_the_main_job_prints_the_numbers_of_the_lecture(tmp_path: Path) -> None:
    done = run(tmp_path)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    for line in [
        "net_h1     0.377500000    0.008771355",
        "out_o1     0.751365070    0.741365070",
        "E          0.298371109    1.000000000",
        "w1         0.150000000    0.000438568   0.149780716",
        "w5         0.400000000    0.082167041   0.358916480",
        "w8         0.550000000   -0.022740242   0.561370121",
        "b1         0.350000000    0.018725609   0.340637195",
        "       0         0.298371109         0.298371109",
        "       1         0.291027774         0.285750887",
        "     300       0.00503610259        0.0019367573",
        "  10,000      3.51018778e-05      4.35532107e-06",
        "     out         0.016 0.984         0.012 0.988",
    ]:
        assert line in lines


def test_the_main_job_writes_its_graph_as_svg_and_dot(tmp_path: Path) -> None:
    done = run(tmp_path, "--rounds", "1")
    svg = ElementTree.parse(tmp_path / "two_two_two.svg")
    assert {"w5", "net_h1", "E", "0.08217"} <= set(svg.getroot().itertext())
    assert "net_h1" in (tmp_path / "two_two_two.dot").read_text()
    for name in ("two_two_two.svg", "two_two_two.dot"):
        told = f"Wrote the graph, with every value and gradient, to {name}"
        assert told in done.stdout.splitlines()


def test_the_main_job_needs_only_the_standard_library(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PRELUDE + "sys.exit(main(['--rounds', '1']))"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


PRELUDE = f"import sys; sys.path.insert(0, {str(Path(__file__).parent.parent)!r}); " + (
    "from autograd_mini.cli import main; "
)


def test_draw_writes_a_picture_named_after_the_value(neuron: Path) -> None:
    done = run(neuron, "draw", "neuron.py:out")
    texts = set(ElementTree.parse(neuron / "out.svg").getroot().itertext())
    assert {"w", "x", "b", "out", "tanh"} <= texts
    assert done.stdout.startswith("Wrote out.svg: ")
    assert (done.returncode, done.stderr) == (0, "")


def test_draw_writes_where_it_is_told(neuron: Path) -> None:
    assert run(neuron, "draw", "neuron.py:out", "-o", "a neuron.html").returncode == 0
    assert (neuron / "a neuron.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_draw_finds_modules_beside_the_file(neuron: Path) -> None:
    (neuron / "inner").mkdir()
    (neuron / "inner" / "part.py").write_text("from autograd_mini import Value\na = Value(1.0)\n")
    (neuron / "inner" / "whole.py").write_text("from part import a\nb = a * 2\n")
    assert run(neuron, "draw", "inner/whole.py:b").returncode == 0
    assert (neuron / "b.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "nowhere"], "autograd-mini: there is no folder 'nowhere'; make it first"),
        (
            ["--rounds", "0"],
            "autograd-mini: argument --rounds: '0' is no whole number, 1 or more; "
            "see autograd-mini --help",
        ),
        (
            ["paint"],
            "autograd-mini: argument : invalid choice: 'paint' (choose from 'draw', 'train', "
            "'check', 'explain', 'lectures'); see autograd-mini --help",
        ),
        (
            ["draw", "neuron.py"],
            "autograd-mini: 'neuron.py' does not say what to draw; "
            "give FILE.py:NAME, as in homework.py:loss",
        ),
        (["draw", "absent.py:out"], "autograd-mini: there is no file 'absent.py'"),
        (
            ["draw", "neuron.py:loss"],
            "autograd-mini: neuron.py has no 'loss'; its Values are w, x, b, out",
        ),
        (
            ["draw", "neuron.py:count"],
            "autograd-mini: count in neuron.py is a int; only a Value can be drawn",
        ),
        (
            ["draw", "neuron.py:out", "-o", "out.gif"],
            "autograd-mini: cannot save 'out.gif': a drawing is saved as one of "
            ".svg, .html, .dot, .png, .pdf; end the name with one of them",
        ),
        (
            ["train", "--data", "spiral"],
            "autograd-mini train: argument --data: invalid choice: 'spiral' "
            "(choose from 'circle', 'moons', 'xor'); see autograd-mini train --help",
        ),
        (
            ["train", "--rate", "-1"],
            "autograd-mini: learning_rate must be a finite number, 0 or more, not -1.0",
        ),
    ],
)
def test_an_error_is_one_line_and_status_2(
    neuron: Path, arguments: list[str], message: str
) -> None:
    done = run(neuron, *arguments)
    # Python 3.12 and later leave out the quotes around choices.
    told, expected = (text.replace("'", "") for text in (done.stderr, message))
    assert (done.returncode, told) == (2, expected + "\n")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\ny = 1 / 0\n", "bad.py, line 2: ZeroDivisionError: division by zero"),
        ("x = (\n", "bad.py, line 1: '(' was never closed"),
        ("import sys\nsys.exit(3)\n", "bad.py, line 2: SystemExit: 3"),
    ],
)
def test_an_error_in_the_users_file_says_where(tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "bad.py").write_text(source)
    done = run(tmp_path, "draw", "bad.py:x")
    assert (done.returncode, done.stderr) == (2, f"autograd-mini: {message}\n")


def test_train_learns_the_circle_and_draws_the_plane(tmp_path: Path) -> None:
    done = run(tmp_path, "train", "--epochs", "60")
    lines = done.stdout.splitlines()
    plane = [line for line in lines if line.startswith("|")]
    losses = [float(line.split()[1]) for line in lines if line.endswith("#")]
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[1] == "25 parameters, rate 0.03, batches of 10"
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.1 * losses[0]
    assert len(plane) == 27
    assert all(len(line) == 63 for line in plane)
    # A region of the positive class, and around it none of it.
    assert "......" in plane[13]
    assert not any("." in line for line in (plane[0], plane[-1]))
    assert "o" in plane[13]
    assert int(lines[-1].split()[0]) >= 195


def test_train_that_diverges_says_where(tmp_path: Path) -> None:
    done = run(tmp_path, "train", "--rate", "1e308")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2
    assert line.startswith("autograd-mini: training in epoch 1 stopped at sample data[")
    assert line.endswith("check the data or lower the learning rate")


def test_train_works_without_hidden_units(tmp_path: Path) -> None:
    done = run(tmp_path, "train", "--hidden", "--data", "xor", "--points", "4", "--epochs", "5")
    assert done.returncode == 0
    assert done.stdout.startswith("xor, 4 points; a 2-1 network of tanh units")


def test_a_reader_that_has_gone_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m autograd_mini --rounds 1 | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_shows_the_progress_of_training(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "autograd_mini", "--rounds", "2000"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        check=True,
    )
    assert b"epoch 2,000 of 2,000  loss " in os.read(ours, 100_000)
