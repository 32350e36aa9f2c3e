"""The progress line: on a terminal and nowhere else."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The pause is longer than the time between two drawings, so epoch 1001 is drawn.
PROGRAM = """
import time, nn
network = nn.two_two_two()
nn.fit(
    network,
    network.samples,
    network.loss,
    nn.SGD(network.parameters(), 0.5),
    3000,
    progress={progress},
    callback=lambda epoch, loss: time.sleep(0.2) if epoch == 1000 else None,
)
print("done")
"""


def run_in_pipe(progress):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(progress=progress)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )


def run_on_terminal(progress):
    """What the terminal shows of standard error, and what standard output gets."""
    terminal, stderr = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(progress=progress)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    ) as process:
        os.close(stderr)
        shown = b""
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:  # so Linux says that the other end is closed
                piece = b""
            if not piece:
                break
            shown += piece
        output = process.stdout.read()
    os.close(terminal)
    assert process.returncode == 0
    return shown.decode(), output


def test_a_terminal_shows_one_line_that_is_rewritten():
    shown, output = run_on_terminal(progress=None)
    assert shown.endswith("\r\n")
    assert shown.count("\n") == 1
    assert shown.startswith("\r")
    *on_the_way, last = [line.rstrip() for line in shown[1:-2].split("\r")]
    assert any(line.startswith("epoch 1,001 of 3,000  loss 0.000") for line in on_the_way)
    for line in on_the_way:
        assert re.fullmatch(r"epoch [\d,]+ of 3,000  loss \d\.\d+(e-05)?  \d+ s left", line)
    assert re.fullmatch(r"epoch 3,000 of 3,000  loss 6\.0189e-05  \d+\.\d s", last)
    assert output == "done\n"


def test_a_pipe_gets_no_progress():
    done = run_in_pipe(progress=None)
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_progress_can_be_refused_and_demanded():
    assert run_on_terminal(progress=False) == ("", "done\n")
    assert "epoch 3,000 of 3,000  loss " in run_in_pipe(progress=True).stderr
