"""A process that is killed while it writes a file leaves the old file or the new file."""

import os
import signal
import sys
from pathlib import Path

import pytest

import nn
from autograd_mini.drawing import draw

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    # Other tests may have started threads, as JAX does. The child has no threads and needs none.
    pytest.mark.filterwarnings("ignore:.*fork.* multi-?threaded"),
]


def save_module(path):
    module = nn.MLP(2, [16, 1], seed=1)
    return lambda: module.save(path)


def save_drawing(path):
    network = nn.two_two_two()
    drawing = draw(network.forward())
    drawing.svg()
    return lambda: drawing.save(path)


def killed_at(step, write):
    """The exit status of a child that is killed when it opens, renames or removes file `step`."""
    child = os.fork()
    if not child:

        def count(event, arguments):
            nonlocal step
            if event in ("open", "os.rename", "os.remove"):
                step -= 1
                if not step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        write()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize(
    ("prepare", "name"),
    [(save_module, "a.json"), (save_drawing, "a.svg"), (save_drawing, "a.html")],
    ids=["module", "svg", "page"],
)
def test_a_killed_process_leaves_the_old_file_or_the_new_file(tmp_path, prepare, name):
    write = prepare(tmp_path / name)
    write()
    whole = (tmp_path / name).read_bytes()
    step, status, kept = 0, None, 0
    while status != 0:
        step += 1
        (tmp_path / name).write_bytes(b"old")
        status = killed_at(step, write)
        assert status in (0, -signal.SIGKILL)
        found = Path(tmp_path, name).read_bytes()
        assert found in (b"old", whole)
        kept += found == b"old"
    assert found == whole
    assert kept >= 2  # before and after the temporary file was opened
