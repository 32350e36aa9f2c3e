"""write_file: how drawings, generated programs and saved modules are written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

import nn
from autograd_mini import draw
from autograd_mini.cli.command import main
from autograd_mini.files import write_file


def write_module(path: Path) -> None:
    nn.Neuron(2, seed=1).save(path)


def write_drawing(path: Path) -> None:
    draw(nn.two_two_two().forward()).save(path)


def write_program(path: Path) -> None:
    assert main(["compile", "mazur", "-o", str(path)]) == 0


EVERY_WRITER = pytest.mark.parametrize(
    "write", [write_module, write_drawing, write_program], ids=["module", "drawing", "program"]
)
posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


@posix
@EVERY_WRITER
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o755])
def test_a_file_that_is_replaced_keeps_its_permissions(write, mode, tmp_path) -> None:
    path = tmp_path / "file.svg"
    path.write_text("old")
    path.chmod(mode)
    write(path)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_bytes() != b"old"


@posix
@pytest.mark.parametrize("write", [write_module, write_drawing])
def test_a_read_only_file_is_refused_and_stays(write, tmp_path) -> None:
    path = tmp_path / "file.svg"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="the file is read-only; make it writable"):
        write(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_the_command_refuses_a_read_only_file(tmp_path, capsys) -> None:
    path = tmp_path / "step.py"
    path.write_text("old")
    path.chmod(0o444)
    assert main(["compile", "mazur", "-o", str(path)]) == 2
    assert capsys.readouterr().err == (
        f"autograd-mini: cannot write '{path}': the file is read-only; "
        "make it writable or choose another place\n"
    )
    assert path.read_text() == "old"


@posix
def test_a_new_file_has_the_permissions_that_the_umask_leaves(tmp_path) -> None:
    before = os.umask(0o027)
    try:
        write_file(tmp_path / "new", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@posix
def test_a_link_to_a_file_that_does_not_exist_makes_that_file(tmp_path) -> None:
    (tmp_path / "link").symlink_to("target")
    write_file(tmp_path / "link", b"content")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"content"


@posix
def test_a_private_file_is_private_at_every_moment(tmp_path, monkeypatch) -> None:
    """Its content is never in a file that others can read."""
    path = tmp_path / "private"
    path.write_text("old")
    path.chmod(0o600)
    modes = []
    replace = os.replace

    def watched(source: str, target: str) -> None:
        modes.append(stat.S_IMODE(os.stat(source).st_mode))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    write_file(path, b"new")
    assert modes == [0o600]


def test_symbolic_links_in_a_circle_are_refused_and_stay(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.symlink_to(second)
    second.symlink_to(first)
    with pytest.raises(OSError, match="links lead in a circle"):
        write_file(first, b"new")
    assert first.is_symlink()
    assert second.is_symlink()
