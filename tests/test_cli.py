"""The command, as a user types it."""

import ctypes
import io
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pages import scripts_of

import autograd_mini
from autograd_mini.cli import main

NEURON = """\
from autograd_mini import Value, label
w, x, b = Value(0.5), Value(2.0), Value(-1.0)
out = (w * x + b).tanh()
label(w=w, x=x, b=b, out=out)
out.backward()
count = 3
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with these arguments in a folder, within this process, which starts at once."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2)]
    before, path, modules = Path.cwd(), sys.path[:], set(sys.modules)
    os.chdir(folder)
    try:
        with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
            try:
                status = main(arguments)
            except SystemExit as exit:
                status = int(exit.code or 0)
    finally:
        os.chdir(before)
        sys.path[:] = path
        for name in set(sys.modules) - modules:  # beside the file of a user
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]
    for stream in streams:
        stream.seek(0)
    output, errors = (stream.read() for stream in streams)
    return subprocess.CompletedProcess(arguments, status, output, errors)


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with these arguments in a folder, as a process."""
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
    done = start(tmp_path)
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


def test_values_without_a_label_are_called_as_in_the_file(tmp_path: Path) -> None:
    source = """
from autograd_mini import Value
w, x, _ = Value(0.5, "weight"), Value(2.0), Value(1.0)
loss = (w * x - _) ** 2
"""
    (tmp_path / "homework.py").write_text(source, encoding="utf-8")
    done = run(tmp_path, "draw", "homework.py:loss", "-o", "loss.mmd")
    assert "Graph of loss = 0: 6 values, 3 operations" in done.stdout
    boxes = re.findall(r'"(\w+)<br/>', (tmp_path / "loss.mmd").read_text(encoding="utf-8"))
    assert boxes == ["weight", "x", "loss"]


def test_draw_writes_where_it_is_told(neuron: Path) -> None:
    assert run(neuron, "draw", "neuron.py:out", "-o", "a neuron.html").returncode == 0
    assert (neuron / "a neuron.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_draw_gathers_as_it_is_told(neuron: Path) -> None:
    (neuron / "scoped.py").write_text(
        "from autograd_mini import Value, scope\n"
        "with scope('n'):\n    x = Value(2.0)\n    y = x.exp() * x\nout = y + 1\n"
    )
    for how, counted in (
        ("layer", "4 values, 3 of them in 1 group"),
        ("none", "3 named values of 4"),
    ):
        done = run(neuron, "draw", "scoped.py:out", "--collapse", how, "-o", f"{how}.mmd")
        assert counted in done.stdout
    assert "g1[[" in (neuron / "layer.mmd").read_text()
    assert "g1[[" not in (neuron / "none.mmd").read_text()


def test_page_of_a_value_and_of_a_lecture(neuron: Path) -> None:
    done = run(neuron, "page", "neuron.py:out")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Wrote out.html: open it in a browser. <Drawing: Graph of out")
    assert run(neuron, "page", "mazur", "-o", "network.html").returncode == 0
    page = (neuron / "network.html").read_text(encoding="utf-8")
    assert "<title>Graph of E: 25 named values of 45</title>" in page


def test_draw_takes_a_lecture_and_names_the_picture_after_both(tmp_path: Path) -> None:
    done = run(tmp_path, "draw", "mazur")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Wrote mazur-E.svg: <Drawing: Graph of E")
    assert run(tmp_path, "draw", "mazur", "--of", "net_h1").stdout.startswith(
        "Wrote mazur-net_h1.svg: "
    )


def test_an_empty_sheet_has_nothing_to_explain(tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text("# Nothing\n")
    done = run(tmp_path, "explain", "empty.md")
    assert (done.returncode, done.stderr) == (
        2,
        "autograd-mini: empty.md computes nothing; add a line such as y = tanh(w*x)\n",
    )


@pytest.mark.parametrize("command", ["check", "draw", "explain", "page", "compile", "import"])
def test_a_binary_file_is_refused_with_its_name(tmp_path: Path, command: str) -> None:
    (tmp_path / "graph.dat").write_bytes(b"\x00\xff\xfe binary \x00")
    done = run(tmp_path, command, "graph.dat")
    message = "graph.dat:1:1: this is not a text file; a sheet is Markdown\n"
    assert (done.returncode, done.stderr) == (2, f"autograd-mini: {message}")


def test_draw_shows_named_values_every_operation_or_the_network(tmp_path: Path) -> None:
    done = run(tmp_path, "draw", "mazur", "-o", "named.svg")
    assert done.stdout.startswith(
        "Wrote named.svg: <Drawing: Graph of E = 0.298371: 25 named values"
    )
    assert "<title>w5: data 0.4, grad 0.08216704" in (tmp_path / "named.svg").read_text()
    done = run(tmp_path, "draw", "mazur", "-o", "all.svg", "--every-operation")
    assert done.stdout == (
        "Wrote all.svg: <Drawing: Graph of E = 0.298371: 45 values, 31 operations>\n"
    )
    done = run(tmp_path, "draw", "mazur", "-o", "network.tex", "--network")
    assert done.stdout == "Wrote network.tex: <NetworkDiagram: Network of 2-2-2 units>\n"


def test_a_page_is_an_html_file(neuron: Path) -> None:
    done = run(neuron, "page", "neuron.py:out", "-o", "out.svg")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "autograd-mini: a page is an .html file, got 'out.svg'; autograd-mini draw neuron.py:out "
        "-o out.svg writes a picture\n"
    )
    assert not (neuron / "out.svg").exists()


def test_the_parameters_of_a_sheet_learn_in_its_page(tmp_path: Path) -> None:
    (tmp_path / "sheet.md").write_text(
        "```derivation\nu = 0.5\nk = 0.25\nx = 2\nt = 1.5\nE = (u*x + k - t)**2\n"
        "descend(E, [u, k], rate=0.1, times=1)\n```\n"
    )
    assert run(tmp_path, "page", "sheet.md").returncode == 0
    page = (tmp_path / "sheet-E.html").read_text("utf-8")
    data = json.loads(re.findall(r"const DATA = (.*);$", scripts_of(page)[1], re.MULTILINE)[0])
    assert sorted(data["names"][place] for place in data["learns"]) == ["k", "u"]


def test_page_as_a_quiz(neuron: Path) -> None:
    assert run(neuron, "page", "neuron.py:out", "--quiz", "gradients").returncode == 0
    assert not (neuron / "out.html").exists()
    page = (neuron / "out-quiz-gradients.html").read_text(encoding="utf-8")
    assert "<title>Quiz: find the gradients</title>" in page


def test_the_version_is_printed(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert (done.returncode, done.stdout) == (0, f"autograd-mini {autograd_mini.__version__}\n")


def test_an_unknown_option_refers_to_the_help_of_the_subcommand(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", "mazur", "--foo")
    assert (done.returncode, done.stderr) == (
        2,
        "autograd-mini explain: unrecognized arguments: --foo; see autograd-mini explain --help\n",
    )


def test_a_file_sees_its_own_arguments_and_may_exit(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "import argparse, sys\n"
        "from autograd_mini import Value\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--rate', default=0.5)\n"
        "assert sys.argv == ['script.py']\n"
        "assert sys.modules['__main__'].__file__ == 'script.py'\n"
        "x = Value(float(parser.parse_args().rate))\n"
        "y = x * x\n"
        "sys.exit(0)\n"
    )
    done = run(tmp_path, "explain", "script.py:y", "--digits", "3")
    assert (done.returncode, done.stdout, done.stderr) == (0, "dy/dx = 2 x = 1\n", "")


def test_an_error_is_one_line_where_a_file_has_closed_the_output(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "import sys\nfrom autograd_mini import Value\nx = Value(1.0)\nsys.stdout.close()\n"
    )
    command = [sys.executable, "-m", "autograd_mini", "draw", "script.py:x", "-o", "x.svg"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "autograd-mini: I/O operation on closed file.\n"


def test_a_pdf_that_nothing_can_draw_is_one_line(neuron: Path) -> None:
    (neuron / "cairosvg.py").write_text("raise ImportError")
    done = subprocess.run(
        [sys.executable, "-m", "autograd_mini", "draw", "neuron.py:out", "-o", "out.pdf"],
        cwd=neuron,
        env={**os.environ, "PATH": "/nonexistent"},
        capture_output=True,
        text=True,
    )
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2
    assert line.startswith("autograd-mini: PNG and PDF need the Python package CairoSVG")


def test_errors_do_not_go_to_the_output_where_the_error_stream_is_closed(tmp_path: Path) -> None:
    shell = f"exec {sys.executable} -m autograd_mini draw absent.py:x 2>&-"
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")


def test_an_error_with_a_closed_output_is_one_line(tmp_path: Path) -> None:
    shell = f"exec {sys.executable} -m autograd_mini draw absent.py:x >&-"
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "autograd-mini: there is no file 'absent.py'\n"


def test_an_interrupt_while_modules_are_imported_is_silent(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'autograd_mini.cli.command':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from autograd_mini.cli import main\n"
        "sys.exit(main(['lectures']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.skipif(os.name != "posix", reason="needs signals of POSIX")
@pytest.mark.parametrize("module", ["autograd_mini.engine.graph", "autograd_mini.cli.command"])
def test_ctrl_c_at_any_import_of_the_command_is_silent(module: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        # A process in the background ignores the signal; one in a terminal does this.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt())\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "autograd_mini", "lectures"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (130, -signal.SIGINT)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="needs a folder that nobody may write to")
def test_the_main_job_gives_its_verdicts_in_a_folder_that_is_read_only(tmp_path: Path) -> None:
    done = run(tmp_path, "--rounds", "1", "--out", "/proc")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].endswith("; all as expected")
    assert len(done.stderr.splitlines()) == 2
    assert all(
        line.endswith("choose a folder with --out FOLDER") for line in done.stderr.splitlines()
    )


def test_a_foreign_nn_beside_the_command_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "nn.py").write_text("from autograd_mini import Value\nweight = Value(0.5)\n")
    (tmp_path / "homework.py").write_text(
        "from nn import weight\nfrom autograd_mini.nn import MLP\nMLP(1, [1])\ny = weight * 4\n"
    )
    for job in (["--rounds", "1"], ["train", "--hidden", "2", "--epochs", "1"]):
        done = start(tmp_path, *job)
        assert (done.returncode, done.stderr) == (0, ""), job
    done = start(tmp_path, "explain", "homework.py:y", "--digits", "3")
    assert (done.returncode, done.stdout, done.stderr) == (0, "dy/dweight = 4\n", "")


def test_draw_finds_modules_beside_the_file(neuron: Path) -> None:
    (neuron / "inner").mkdir()
    (neuron / "inner" / "part.py").write_text("from autograd_mini import Value\na = Value(1.0)\n")
    (neuron / "inner" / "whole.py").write_text("from part import a\nb = a * 2\n")
    assert run(neuron, "draw", "inner/whole.py:b").returncode == 0
    assert (neuron / "b.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "nowhere"], "autograd-mini: there is no folder 'nowhere'; create it first"),
        (
            ["--rounds", "0"],
            "autograd-mini: argument --rounds: expected a whole number of at least 1, got '0'; "
            "see autograd-mini --help",
        ),
        (
            ["paint"],
            "autograd-mini: argument COMMAND: expected one of draw, page, train, check, lectures, "
            "import, assign, mark, explain, compile, got 'paint'; see autograd-mini --help",
        ),
        (["draw", "."], "autograd-mini: '.' is a folder; give a file in it"),
        (["draw", "absent.py:out"], "autograd-mini: there is no file 'absent.py'"),
        (
            ["draw", "neuron.py:loss"],
            "autograd-mini: neuron.py has no 'loss'; its Values are w, x, b, out",
        ),
        (
            ["draw", "neuron.py:count"],
            "autograd-mini: count in neuron.py is of type int, expected a Value; "
            "the Values in the file are w, x, b, out",
        ),
        (
            ["draw", "neuron.py:out", "-o", "out.gif"],
            "autograd-mini: cannot save 'out.gif': a drawing is saved as one of "
            ".svg, .html, .dot, .mmd, .mermaid, .png, .pdf; end the name with one of them",
        ),
        (
            ["train", "--data", "spiral"],
            "autograd-mini train: argument --data: expected one of circle, moons, xor, "
            "got 'spiral'; see autograd-mini train --help",
        ),
        (
            ["train", "--rate", "-1"],
            "autograd-mini: learning_rate must be a finite number of at least 0, got -1.0",
        ),
    ],
)
def test_an_error_is_one_line_and_status_2(
    neuron: Path, arguments: list[str], message: str
) -> None:
    done = run(neuron, *arguments)
    assert (done.returncode, done.stderr) == (2, message + "\n")


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


@pytest.mark.parametrize("command", ["check mazur", "compile mazur", "lectures"])
def test_a_closed_output_is_no_error(tmp_path: Path, command: str) -> None:
    shell = f"exec {sys.executable} -m autograd_mini {command} >&-"
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    shell = f"exec {sys.executable} -m autograd_mini check mazur > /dev/full"
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "autograd-mini: [Errno 28] No space left on device\n"


def test_an_output_that_is_not_unicode(tmp_path: Path) -> None:
    """Nothing of ours needs more than ASCII; a sheet may, and files are written as UTF-8."""
    names = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    sheet = "```derivation\nη = 0.5\ny = 2*η  -> 1.0\n```\n"
    folder = tmp_path / "zwei Wörter"
    folder.mkdir()
    (folder / "η.md").write_text(sheet, encoding="utf-8")

    def ascii_run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "autograd_mini", *arguments]
        done = subprocess.run(command, cwd=folder, env=names, capture_output=True, text=True)
        return done.returncode, done.stderr

    for arguments in (["--rounds", "1"], ["explain", "mazur", "E"]):  # the first checks as well
        assert ascii_run(*arguments) == (0, "")
    assert ascii_run("page", "η.md", "-o", "Seite ∂.html") == (0, "")
    assert "η" in (folder / "Seite ∂.html").read_text(encoding="utf-8")
    assert ascii_run("explain", "η.md", "y") == (
        2,
        "autograd-mini: '\\u03b7' cannot be written in ascii; set the environment variable "
        "PYTHONUTF8=1\n",
    )


def test_a_terminal_shows_the_progress_of_training(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "autograd_mini", "train", "--epochs", "20"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        check=True,
    )
    assert b"epoch 20 of 20  loss " in os.read(ours, 100_000)


# -- derivation sheets --------------------------------------------------------------------------

SHEET = """\
# A neuron

```derivation
w = 0.5
x = 2
out = tanh(w*x)            -> 0.76159
dout/dw                    -> 0.83995
dout/dw = (1 - out**2) * x
```
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    (tmp_path / "neuron.md").write_text(SHEET)
    (tmp_path / "slip.md").write_text(SHEET.replace("0.83995", "0.83959"))
    (tmp_path / "broken.md").write_text(SHEET.replace("(1 - out", "(1 - uot"))
    return tmp_path


def test_check_prints_a_table(sheet: Path) -> None:
    done = run(sheet, "check", "neuron.md")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "line  claim                       printed  exact        verdict  likely slip",
        "   6  out = tanh(w*x)             0.76159  0.7615942    rounds",
        "   7  dout/dw                     0.83995  0.8399487    rounds",
        "   8  dout/dw = (1 - out**2) * x           0.839948683  holds",
        "neuron.md: 3 claims: 2 rounds, 1 holds; all as expected",
    ]


def test_check_of_several_sheets_prints_a_line_for_each_and_a_total(sheet: Path) -> None:
    done = run(sheet, "check", "neuron.md", "slip.md")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "neuron.md: 3 claims: 2 rounds, 1 holds; all as expected",
        "slip.md: 3 claims: 1 rounds, 1 wrong, 1 holds; not as expected: line 7",
        "2 sheets, 6 claims: 3 rounds, 2 holds, 1 wrong; not as expected: slip.md",
    ]


def test_check_of_a_folder_checks_the_sheets_in_it(sheet: Path) -> None:
    (sheet / "inner" / ".hidden").mkdir(parents=True)
    (sheet / "inner" / "prose.md").write_text("# No derivation\n")
    (sheet / "inner" / ".hidden" / "slip.md").write_text(SHEET.replace("0.76159", "1.9"))
    (sheet / "inner" / "again.md").write_text(SHEET)
    (sheet / "inner" / "notes.txt").write_text(SHEET)
    done = run(sheet, "check", "inner")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "inner/again.md: 3 claims: 2 rounds, 1 holds; all as expected",
        "1 sheet, 3 claims: 2 rounds, 1 holds; all as expected",
    ]


def test_check_of_a_folder_without_sheets_says_what_a_sheet_is(tmp_path: Path) -> None:
    done = run(tmp_path, "check", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "autograd-mini: there is no sheet in .; a sheet is a Markdown file"
    )


@pytest.mark.parametrize("text", ["", "Some prose.", "# Notes"])
def test_check_of_a_text_without_a_derivation_says_what_a_sheet_is(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "notes.tex").write_text(text)
    done = run(tmp_path, "check", "notes.tex")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "autograd-mini: notes.tex:1:1: nothing to check: a sheet is a Markdown file, or a Jupyter "
        "notebook with Markdown cells, in which the derivation stands in a block that begins with "
        "a line ```derivation and ends with a line ```, or a text of its lines alone; see "
    )


def test_check_ends_with_status_2_when_a_line_is_unread(sheet: Path) -> None:
    done = run(sheet, "check", "broken.md")
    assert done.returncode == 2
    assert done.stderr == (
        "autograd-mini: broken.md:8:16: uot is not defined; did you mean out?\n"
        "    dout/dw = (1 - uot**2) * x\n"
        "                   ^\n"
    )
    # The other lines are checked all the same.
    assert done.stdout.splitlines()[-1] == (
        "broken.md: 3 claims: 2 rounds, 1 unread; not as expected: line 8"
    )


def test_check_without_answers_hides_the_exact_values(sheet: Path) -> None:
    done = run(sheet, "check", "--no-answers", "slip.md")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "line  claim                       printed  verdict  likely slip",
        "   6  out = tanh(w*x)             0.76159  rounds",
        "   7  dout/dw                     0.83959  wrong    two digits are swapped",
        "   8  dout/dw = (1 - out**2) * x           holds",
        "slip.md: 3 claims: 1 rounds, 1 wrong, 1 holds; not as expected: line 7",
    ]
    data = json.loads(run(sheet, "check", "--no-answers", "--json", "slip.md").stdout)
    assert [row["value"] for row in data] == [None] * 3


def test_the_example_in_the_help_of_check_passes(tmp_path: Path) -> None:
    example = run(tmp_path, "check", "--help").stdout.partition("for example:")[2]
    (tmp_path / "example.md").write_text(example.partition("the verdicts:")[0])
    done = run(tmp_path, "check", "example.md")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("example.md: 4 claims: ")


def test_check_writes_json(sheet: Path) -> None:
    done = run(sheet, "check", "--json", "neuron.md", "slip.md")
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(row["file"], row["line"], row["verdict"]) for row in data] == [
        *[("neuron.md", 6, "rounds"), ("neuron.md", 7, "rounds"), ("neuron.md", 8, "holds")],
        *[("slip.md", 6, "rounds"), ("slip.md", 7, "wrong"), ("slip.md", 8, "holds")],
    ]
    assert data[4] == {
        "file": "slip.md",
        "cell": None,
        "line": 7,
        "claim": "dout/dw",
        "printed": "0.83959",
        "value": data[1]["value"],
        "verdict": "wrong",
        "erratum": False,
        "suggestion": "two digits are swapped",
        "slip": "digits-swapped",
        "follows": [],
    }


def test_json_is_a_list_even_if_nothing_could_be_checked(sheet: Path) -> None:
    (sheet / "broken.md").write_bytes(b"\0\1\2")
    done = run(sheet, "check", "--json", "broken.md")
    assert (done.returncode, done.stdout) == (2, "[]\n")
    assert done.stderr == (
        "autograd-mini: broken.md:1:1: this is not a text file; a sheet is Markdown\n"
    )


def test_lectures_are_listed_and_checked_by_any_part_of_their_names(tmp_path: Path) -> None:
    listed = run(tmp_path, "lectures")
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert (listed.returncode, len(names)) == (0, 7)
    assert all(len(line.split()) > 3 for line in listed.stdout.splitlines())
    for part in ("mazur", names[0], f"{names[1]}.md"):
        done = run(tmp_path, "check", part)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[-1].endswith("; all as expected")


def test_a_name_of_many_lectures_or_none_is_an_error(tmp_path: Path) -> None:
    many, none = run(tmp_path, "check", "a"), run(tmp_path, "check", "fermat")
    assert (many.returncode, none.returncode) == (2, 2)
    assert many.stderr.startswith(
        "autograd-mini: there is no file 'a', and 'a' matches the lectures ann-rumelhart-1986"
    )
    assert none.stderr.startswith(
        "autograd-mini: there is no file 'fermat', and no lecture matches 'fermat'; the "
    )


def test_explain_shows_the_chain_of_a_sheet(sheet: Path) -> None:
    done = run(sheet, "explain", "neuron.md", "dout/dw", "--digits", "5")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["dout/dw = (1 - out^2) x", "        = 0.83995"]


def test_explain_shows_four_lines_of_a_lecture(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", "mazur", "dE/dw5")
    lines = done.stdout.splitlines()
    assert lines[0] == "dE/dw5 = dE/dout_o1 . dout_o1/dnet_o1 . dnet_o1/dw5"
    assert lines[2:] == [
        "       = 0.741365070 . 0.186815602 . 0.593269992",
        "       = 0.082167041",
    ]


@pytest.mark.parametrize(
    ("option", "suffix", "begin"),
    [
        ("--latex", ".tex", r"% needs \usepackage{amsmath}"),
        ("--html", ".html", "<!DOCTYPE html>"),
    ],
)
def test_explain_writes_latex_and_html(
    tmp_path: Path, option: str, suffix: str, begin: str
) -> None:
    printed = run(tmp_path, "explain", "mazur", "dE/dw5", option)
    assert printed.stdout.splitlines()[0] == begin
    done = run(tmp_path, "explain", "mazur", "dE/dw5", "-o", f"w5{suffix}")
    assert (done.returncode, done.stdout) == (0, f"Wrote w5{suffix}\n")
    assert (tmp_path / f"w5{suffix}").read_text(encoding="utf-8") == printed.stdout


def test_explain_writes_slides_and_text(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", "mazur", "dE/dw5", "--beamer", "-o", "w5.tex")
    assert done.returncode == 0
    assert r"\begin{frame}{$\partial E / \partial w_5$}" in (tmp_path / "w5.tex").read_text()
    assert run(tmp_path, "explain", "mazur", "dE/dw5", "-o", "w5.txt").returncode == 0
    assert (tmp_path / "w5.txt").read_text() == run(tmp_path, "explain", "mazur", "dE/dw5").stdout


def test_explain_shows_the_forward_pass(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", "mazur", "net_h1", "--forward")
    assert done.stdout == (
        "net_h1 = w1 i1 + w2 i2 + b1 * 1 = 0.15 * 0.05 + 0.2 * 0.1 + 0.35 * 1 = 0.3775\n"
    )
    wrong = run(tmp_path, "explain", "mazur", "dE/dw5", "--forward")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "autograd-mini: --forward takes the name of a value, got 'dE/dw5'\n",
    )


def test_explain_takes_an_order(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", "mazur", "dE/dw5", "--order", "2")
    assert done.stdout.splitlines()[0].startswith("d2E/dw5^2 = ")


def test_explain_shows_all_derivatives_of_a_value(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", "mazur", "E", "--style", "delta")
    assert (done.returncode, done.stderr) == (0, "")
    assert "dE/dw5" in done.stdout


def test_explain_shows_what_a_file_of_ones_own_computes(neuron: Path) -> None:
    done = run(neuron, "explain", "neuron.py:out", "dout/dw", "--digits", "5")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["dout/dw = (1 - out^2) x", "        = 2"]
    everything = run(neuron, "explain", "neuron.py:out")
    assert all(f"dout/d{leaf} = " in everything.stdout for leaf in ("w", "x", "b"))
    assert run(neuron, "explain", "neuron.py:out", "out").stdout == everything.stdout
    assert run(neuron, "explain", "neuron.py").stdout == everything.stdout
    wrong = run(neuron, "explain", "neuron.py:out", "dout/dcount")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "autograd-mini: 'dout/dcount' is not a derivative in neuron.py:out; expected dY/dX, where "
        "Y and X are two of the names out, w, x, b\n",
    )


def test_without_a_name_a_file_means_the_last_value_that_nothing_else_was_computed_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "homework.py"
    file.write_text(
        "from autograd_mini import Value\n"
        "weights, total = [[Value(2.0), Value(3.0)]], 0\n"
        "for w in weights[0]:\n    square = w * w\n    total = total + square\n"
    )
    main(["explain", str(file), "weights[0][1]"])
    assert "dtotal/dweights0_1 = " in capsys.readouterr().out
    file.write_text("from autograd_mini import Value\nw = Value(2.0)\n")
    assert main(["draw", str(file)]) == 2
    assert capsys.readouterr().err == (
        f"autograd-mini: {file} computes no Value that has a name, such as loss\n"
    )


def test_explain_without_a_derivative_shows_those_of_what_a_sheet_descends_by(
    tmp_path: Path,
) -> None:
    every = run(tmp_path, "explain", "mazur", "E")
    assert every.returncode == 0
    assert run(tmp_path, "explain", "mazur").stdout == every.stdout


def test_explain_of_what_is_no_derivative_names_what_there_is(sheet: Path) -> None:
    done = run(sheet, "explain", "neuron.md", "dout/dq")
    assert (done.returncode, done.stderr) == (
        2,
        "autograd-mini: 'dout/dq' is not a derivative in neuron.md; expected dY/dX, where Y and X "
        "are two of the names w, x, out\n",
    )


def test_the_main_job_ends_with_the_verdicts_on_its_lecture(tmp_path: Path) -> None:
    done = run(tmp_path, "--rounds", "1")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    start = lines.index("The numbers and formulas of the lecture, checked:")
    assert lines[start + 2].split()[:5] == ["line", "claim", "printed", "exact", "verdict"]
    assert any("0.082167041" in line and "rounds" in line for line in lines[start:])
    assert lines[-1].endswith("; all as expected")


# -- compile --------------------------------------------------------------------------------------


def test_compile_prints_the_program_of_a_lecture(tmp_path: Path) -> None:
    done = run(tmp_path, "compile", "mazur")
    assert (done.returncode, done.stderr) == (0, "")
    namespace: dict[str, Any] = {}
    exec(done.stdout, namespace)
    weights = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55]
    error, gradients = namespace["value_and_gradients"](*weights)
    assert (f"{error:.9f}", f"{gradients[4]:.9f}") == ("0.298371109", "0.082167041")
    steps, trained = namespace["descend"](weights, 0.5, 10_000)
    error, _ = namespace["value_and_gradients"](*trained)
    assert (steps, f"{error:.6e}") == (10_000, "3.510188e-05")
    for line in [
        "    i1 = 0.05",
        "    net_h1 = w1 * i1 + w2 * i2 + b1",
        "    dE_dnet_o1 = dE_dout_o1 * (out_o1 * (1.0 - out_o1))",
        "            w5 = w5 - rate * dE_dw5",
    ]:
        assert line in done.stdout.splitlines()


@pytest.mark.cc
def test_compile_writes_c_that_a_compiler_takes(tmp_path: Path) -> None:
    done = run(tmp_path, "compile", "mazur", "--target", "c", "-o", "step.c")
    assert (done.returncode, done.stderr) == (0, "")
    source = (tmp_path / "step.c").read_text()
    assert done.stdout == f"Wrote step.c: c, {len(source.splitlines())} lines\n"
    (command,) = re.findall(r"/\* Build it with: (.*) FILE.c -lm \*/", source)
    strict = ["-Wall", "-Wextra", "-Werror", "step.c", "-o", "step.so", "-lm"]
    subprocess.run([*command.split(), *strict], cwd=tmp_path, check=True)
    library = ctypes.CDLL(str(tmp_path / "step.so"))
    weights = (ctypes.c_double * 8)(0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55)
    assert library.descend(weights, ctypes.c_double(0.5), 10_000) == 10_000
    value = ctypes.c_double()
    assert library.value_and_gradients(weights, ctypes.byref(value), None) == 0
    assert f"{value.value:.6e}" == "3.510188e-05"


def test_compile_takes_a_value_of_a_python_file(neuron: Path) -> None:
    done = run(neuron, "compile", "neuron.py:out", "--target", "javascript")
    assert (done.returncode, done.stderr) == (0, "")
    assert "export function valueAndGradients(b, w, x) {" in done.stdout.splitlines()
    assert "    const v2 = w * x + b;" in done.stdout.splitlines()


def test_compile_takes_a_sheet_whatever_its_folder_is_called(sheet: Path) -> None:
    folder = sheet / "course.python"
    folder.mkdir()
    (sheet / "neuron.md").rename(folder / "neuron.md")
    done = run(sheet, "compile", "course.python/neuron.md")
    assert (done.returncode, done.stderr) == (0, "")


HANDOUTS = {
    "python": (["{python} step"], "step"),
    "numpy": (["{python} step"], "step"),
    "c": (["cc step.c -o step -lm", "./step"], "step.c"),
    "javascript": (["node step.mjs"], "step.mjs"),
}


@pytest.mark.parametrize(
    "target",
    [
        "python",
        "numpy",
        pytest.param("c", marks=pytest.mark.cc),
        pytest.param("javascript", marks=pytest.mark.node),
    ],
)
def test_a_compiled_handout_prints_value_and_gradients_when_it_is_run(
    tmp_path: Path, target: str
) -> None:
    commands, file = HANDOUTS[target]
    assert run(tmp_path, "compile", "mazur", "--target", target, "-o", file).returncode == 0
    for command in commands:
        words = command.format(python=sys.executable).split()
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr, len(lines)) == (0, "", 9)
    assert (lines[0][:15], lines[5][:19]) == ("E = 0.298371108", "dE/dw5 = 0.08216704")


@pytest.mark.cc
@pytest.mark.node
def test_a_handout_quotes_names_of_any_characters(tmp_path: Path) -> None:
    (tmp_path / "named.py").write_text(
        "from autograd_mini import Value\na = Value(2.0, label='\"? \\\\ ü')\nL = a * a\n",
        encoding="utf-8",
    )
    for target, file in (("c", "step.c"), ("javascript", "step.mjs")):
        assert (
            run(tmp_path, "compile", "named.py:L", "--target", target, "-o", file).returncode == 0
        )
    subprocess.run(["cc", "step.c", "-o", "step", "-lm"], cwd=tmp_path, check=True)
    for command in (["./step"], ["node", "step.mjs"]):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
        assert done.stdout == 'L = 4\ndL/d"? \\ ü = 4\n'


def test_a_shell_completes_subcommands(tmp_path: Path) -> None:
    pytest.importorskip("argcomplete")
    words = tmp_path / "words"
    asked = {"_ARGCOMPLETE": "1", "COMP_LINE": "autograd-mini c", "COMP_POINT": "15"}
    asked |= {"_ARGCOMPLETE_IFS": " ", "_ARGCOMPLETE_STDOUT_FILENAME": str(words)}
    done = subprocess.run(
        [sys.executable, "-m", "autograd_mini"], cwd=tmp_path, env={**os.environ, **asked}
    )
    assert (done.returncode, words.read_text().split()) == (0, ["check", "compile"])


def test_page_opens_a_browser_and_a_quiz_by_draw_is_a_page(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograd_mini", "page", "mazur", "--open"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "BROWSER": "echo opened %s"},
    )
    assert f"opened {(tmp_path / 'mazur-E.html').as_uri()}" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    done = run(tmp_path, "draw", "mazur", "--quiz", "gradients")
    assert done.stdout.startswith("Wrote mazur-E-quiz-gradients.html: ")
    done = run(tmp_path, "page", "mazur", "--quiz", "dE/dw5", "--print", "w5.html", "--key")
    assert done.stdout.startswith("Wrote w5.html: ")
    assert "Name <span>" in (tmp_path / "w5.html").read_text(encoding="utf-8")
    done = run(tmp_path, "page", "mazur", "--quiz", "dE/dw55")
    assert done.stderr == (
        "autograd-mini: the quiz asks for 'dE/dw55', which is not in the picture; "
        "did you mean 'dE/dw5'?\n"
    )
    done = run(tmp_path, "draw", "mazur", "--quiz", "gradients", "-o", "E.svg")
    assert done.stderr == "autograd-mini: a quiz is an .html file, got 'E.svg'\n"


def test_a_drawing_is_shown_from_a_program(neuron: Path) -> None:
    program = "from autograd_mini import draw\nfrom neuron import out\nprint(draw(out).show())\n"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=neuron,
        capture_output=True,
        text=True,
        env={**os.environ, "BROWSER": "echo opened %s"},
    )
    path = Path(done.stdout.splitlines()[-1])
    assert f"opened {path.as_uri()}" in done.stdout
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    shutil.rmtree(path.parent)


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        (
            "from micrograd.engine import Value",
            "No module named 'micrograd'; write autograd_mini.micrograd, which has the same names",
        ),
        (
            "from nn import MLP",
            "; nn is in {folder}: write autograd_mini.nn for the package",
        ),
        (
            "import nn; nn.MLP",
            "; nn is in {folder}: write autograd_mini.nn for the package",
        ),
    ],
)
def test_a_file_that_imports_otherwise_is_told_the_import_to_write(
    tmp_path: Path, line: str, advice: str
) -> None:
    (tmp_path / "nn.py").write_text("depth = 3\n")
    (tmp_path / "homework.py").write_text(f"{line}\n")
    done = run(tmp_path, "draw", "homework.py:loss")
    assert done.stderr.endswith(advice.format(folder=tmp_path) + "\n")
    assert done.stderr.startswith("autograd-mini: homework.py, line 1: ")


def test_compile_takes_another_value_of_a_sheet(tmp_path: Path) -> None:
    done = run(tmp_path, "compile", "mazur", "--of", "net_h1")
    assert done.stdout.splitlines()[0] == "def value_and_gradients(i1, i2, w1, w2, b1):"


def test_explain_says_where_a_sheet_has_no_value(sheet: Path) -> None:
    (sheet / "neuron.md").write_text("~~~derivation\nx = 2\ny = log(x - 2)\n~~~")
    done = run(sheet, "explain", "neuron.md", "dy/dx")
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        "autograd-mini: neuron.md:3:1: log(0.0) does not exist",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["mazur", "--of", "w1"],
            "mazur computes no value 'w1'; it computes net_h1, out_h1, net_h2, out_h2, net_o1, "
            "out_o1, net_o2, out_o2, E_o1, E_o2, E",
        ),
        (
            ["bare.py:y"],
            "bare.py:y has no leaf with a label to be an argument of the program; give labels, as "
            "in label(w=w, x=x)",
        ),
    ],
)
def test_compile_says_what_cannot_be_compiled(
    neuron: Path, arguments: list[str], message: str
) -> None:
    (neuron / "bare.py").write_text("from autograd_mini import Value\ny = Value(1.0) * 2\n")
    done = run(neuron, "compile", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"autograd-mini: {message}\n"
