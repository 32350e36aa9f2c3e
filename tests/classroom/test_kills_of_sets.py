"""A process that is killed while it writes a set, or marks one, leaves no file half written."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest
from test_assign import NEURON, write
from test_kills import killed_at

from autograd_mini.classroom import assign, mark_set

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.filterwarnings("ignore:.*fork.* multi-?threaded"),
]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".tmp")
    }


def test_a_killed_assign_leaves_no_set_or_the_whole_set(tmp_path: Path) -> None:
    template = write(tmp_path, NEURON)
    assign(template, ["anna", "ben"], "1", tmp_path / "whole")
    whole = contents(tmp_path / "whole")
    outcomes = []
    for step in range(1, 100):
        folder = tmp_path / f"set{step}"
        status = killed_at(step, partial(assign, template, ["anna", "ben"], "1", folder))
        outcomes.append(status)
        assert contents(folder) in ({}, whole)
        if status == 0:
            break
    assert set(outcomes) == {0, -signal.SIGKILL}


def test_a_killed_mark_leaves_old_files_or_new_ones(tmp_path: Path) -> None:
    template = write(tmp_path, NEURON)
    folder = tmp_path / "set"
    assign(template, ["anna"], "1", folder)
    blank, key = folder / "anna.md", folder / "key" / "anna.md"
    mark_set(folder, [blank])
    old = contents(folder)
    for step in range(1, 200):
        status = killed_at(step, lambda: mark_set(folder, [key]))
        found = contents(folder)
        if status == 0:
            break
        mark_set(folder, [key])
        new = contents(folder)
        assert found.keys() == old.keys()
        assert all(found[name] in (old[name], new[name]) for name in found)
        mark_set(folder, [blank])
    assert status == 0
    assert found != old
