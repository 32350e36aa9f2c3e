"""Libraries built of C: what is built, the cache, and errors of a compiler."""

from __future__ import annotations

import ctypes
import math
import os
import random
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd_mini.compiler import library
from autograd_mini.compiler.library import NoCompiler, find_compiler, load

posix = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")

# Loads the sources that it is given, and prints what `f` of each gives.
PROGRAM = """
import ctypes, sys
from autograd_mini.compiler.library import load
for source in sys.argv[1:]:
    function = load(source).f
    function.restype = ctypes.c_double
    print(function())
"""

INSTEAD = (
    "install one (apt-get install gcc on Debian, xcode-select --install on macOS), name another "
    'in the environment variable CC, or use target="python"'
)


def source_of(number: float) -> str:
    return f"double f(void) {{ return {number!r}; }}\n"


SOURCE = source_of(1.5)


def raises(error: type[Exception], message: str) -> Any:
    """Expects the whole message, not a part of it."""
    return pytest.raises(error, match=rf"\A{re.escape(message)}\Z")


def run(*sources: str) -> list[float]:
    """The numbers that another process prints."""
    command = [sys.executable, "-c", PROGRAM, *sources]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return list(map(float, done.stdout.split()))


def number_of(loaded: ctypes.CDLL) -> float:
    loaded.f.restype = ctypes.c_double
    return float(loaded.f())


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every folder of the user is in tmp_path."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(library, "_loaded", {})
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """The folder that libraries are kept in."""
    return tmp_path / "caches" / "autograd_mini"


class Compiler:
    """The system's compiler in a script that counts what is built."""

    def __init__(self, path: Path, real: str) -> None:
        self.path = path
        self.real = real
        self.log = path.with_name("log")
        self.script("")

    def script(self, before: str) -> None:
        """before: shell commands to run before something is built."""
        self.path.write_text(
            f"#!/bin/sh\ncase $* in *--version*) ;; *) echo >> '{self.log}'\n{before}\n;; esac\n"
            f"exec '{self.real}' \"$@\"\n"
        )
        self.path.chmod(0o755)

    @property
    def built(self) -> int:
        """How many libraries were built so far."""
        return self.log.read_text().count("\n") if self.log.exists() else 0


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compiler:
    made = Compiler(tmp_path / "counting-cc", find_compiler()[0])
    monkeypatch.setenv("CC", str(made.path))
    return made


# -- what is built --------------------------------------------------------------------------------


@pytest.mark.cc
def test_functions_in_c_give_the_results_of_python() -> None:
    functions = load(
        "#include <math.h>\n"
        "double fused(double x, double y) { return x * y + (x - y) * x; }\n"
        "double inverse(double x, double y) { return pow(x, -1.0) + pow(y, 0.5); }\n"
        "double root(double x, double y) { return sqrt(x * y); }\n"
        "double both(double x, double y) { return sin(x * y) + cos(x * y); }\n"
    )
    expected = {
        "fused": lambda x, y: x * y + (x - y) * x,
        "inverse": lambda x, y: math.pow(x, -1.0) + math.pow(y, 0.5),
        "root": lambda x, y: math.sqrt(x * y),
        "both": lambda x, y: math.sin(x * y) + math.cos(x * y),
    }
    draw = random.Random(1)
    points = [(draw.lognormvariate(0, 5), draw.lognormvariate(0, 5)) for _ in range(5_000)]
    for name, function in expected.items():
        compiled = functions[name]
        compiled.restype, compiled.argtypes = ctypes.c_double, [ctypes.c_double] * 2
        assert [compiled(x, y) for x, y in points] == [function(x, y) for x, y in points]


@pytest.mark.cc
def test_warnings_of_the_compiler_are_not_shown(capfd: Any) -> None:
    assert number_of(load(f"#warning loud\n{SOURCE}")) == 1.5
    assert capfd.readouterr() == ("", "")


@pytest.mark.cc
def test_cc_may_be_several_words(compiler: Compiler, monkeypatch: Any) -> None:
    monkeypatch.setenv("CC", f"{compiler.path} -DN=2.5")
    assert number_of(load("double f(void) { return N; }")) == 2.5


@pytest.mark.cc
def test_cc_may_be_a_relative_path(compiler: Compiler, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CC", f"./{compiler.path.name}")
    assert number_of(load(SOURCE)) == 1.5


# -- the cache ------------------------------------------------------------------------------------


@pytest.mark.cc
def test_a_library_is_built_by_the_first_process_only(compiler: Compiler, cache: Path) -> None:
    assert run(SOURCE) == run(SOURCE, SOURCE)[:1] == [1.5]
    assert compiler.built == 1
    (path,) = cache.iterdir()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert re.fullmatch(r"[0-9a-f]{64}\.so", path.name)


@pytest.mark.cc
def test_a_process_loads_a_source_once(compiler: Compiler) -> None:
    first = load(SOURCE)
    threads = [threading.Thread(target=load, args=[source_of(2.5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load(SOURCE) is first
    assert compiler.built == 2


@pytest.mark.cc
def test_another_source_or_compiler_makes_another_library(
    compiler: Compiler, cache: Path, monkeypatch: Any
) -> None:
    assert [number_of(load(source_of(x))) for x in (1.0, 2.0)] == [1.0, 2.0]
    monkeypatch.setenv("CC", f"{compiler.path} -DOTHER")
    assert number_of(load(source_of(1.0))) == 1.0
    assert compiler.built == len(list(cache.iterdir())) == 3


@pytest.mark.cc
def test_processes_may_build_the_same_at_once(compiler: Compiler, cache: Path) -> None:
    compiler.script("sleep 0.2")
    command = [sys.executable, "-c", PROGRAM, SOURCE]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    assert [process.communicate(timeout=60)[0] for process in running] == [b"1.5\n"] * 3
    assert len(list(cache.iterdir())) == 1


@pytest.mark.cc
@pytest.mark.parametrize("content", [b"", b"not a library", b"\x7fELF" + b"\0" * 100])
def test_a_file_that_does_not_load_is_built_again(
    compiler: Compiler, cache: Path, content: bytes
) -> None:
    assert run(SOURCE) == [1.5]
    (path,) = cache.iterdir()
    path.write_bytes(content)
    assert run(SOURCE) == run(SOURCE) == [1.5]
    assert compiler.built == 2


@pytest.mark.cc
def test_only_the_newest_libraries_are_kept(
    compiler: Compiler, cache: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(library, "KEPT", 3)
    for number in range(5):
        load(source_of(float(number)))
    assert len(list(cache.iterdir())) == 3
    assert number_of(load(source_of(4.0))) == 4.0
    assert compiler.built == 5


@posix
@pytest.mark.cc
@pytest.mark.parametrize("mode", [0o770, 0o705, 0o755, 0o1777])
def test_a_folder_that_others_may_enter_is_not_used(
    compiler: Compiler, cache: Path, mode: int
) -> None:
    cache.mkdir(parents=True)
    cache.chmod(mode)
    assert run(SOURCE) == run(SOURCE) == [1.5]
    assert compiler.built == 2
    assert list(cache.iterdir()) == []


@posix
@pytest.mark.cc
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root may chown")
def test_a_folder_of_another_user_is_not_used(compiler: Compiler, cache: Path) -> None:
    cache.mkdir(mode=0o700, parents=True)
    os.chown(cache, 12345, 12345)
    assert run(SOURCE) == [1.5]
    assert list(cache.iterdir()) == []


@posix
@pytest.mark.cc
def test_a_link_in_the_place_of_the_folder_is_not_used(
    compiler: Compiler, cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    cache.parent.mkdir()
    cache.symlink_to(tmp_path / "elsewhere")
    assert run(SOURCE) == [1.5]
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.cc
@pytest.mark.parametrize("home", ["", "relative", "/nonexistent", "/proc", "/dev/null"])
def test_without_a_cache_every_process_builds_and_leaves_nothing(
    compiler: Compiler, temporary: Path, monkeypatch: Any, home: str
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", home)
    assert run(SOURCE, SOURCE) == run(SOURCE, SOURCE) == [1.5, 1.5]
    assert compiler.built == 2
    assert list(temporary.iterdir()) == []


@pytest.mark.cc
def test_without_xdg_the_cache_is_in_the_home(
    compiler: Compiler, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    (tmp_path / "home").mkdir()
    assert run(SOURCE) == run(SOURCE) == [1.5]
    assert compiler.built == 1
    kept = "Library/Caches" if sys.platform == "darwin" else ".cache"
    assert len(list((tmp_path / "home" / kept / "autograd_mini").iterdir())) == 1


@pytest.mark.cc
def test_a_child_forked_while_a_thread_builds_can_build(compiler: Compiler) -> None:
    program = """
import os, signal, threading, time
from autograd_mini.compiler.library import load
thread = threading.Thread(target=load, args=["double f(void) { return 1.0; }"])
thread.start()
time.sleep(0.2)
child = os.fork()
if not child:
    signal.alarm(20)
    load("double f(void) { return 2.0; }")
    os._exit(0)
print(os.waitpid(child, 0)[1])
thread.join()
"""
    compiler.script("sleep 0.5")
    command = [sys.executable, "-W", "ignore", "-c", program]
    assert subprocess.run(command, capture_output=True, timeout=60).stdout == b"0\n"


# -- errors ---------------------------------------------------------------------------------------


def test_a_compiler_that_is_missing(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with raises(
        NoCompiler, f"a C compiler is needed, and the command 'cc' cannot be found; {INSTEAD}"
    ):
        load(SOURCE)


def test_a_compiler_that_cc_names_is_missing(monkeypatch: Any) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -O3")
    with raises(
        NoCompiler,
        "a C compiler is needed, and the command 'no-such-compiler', named by the environment "
        f"variable CC, cannot be found; {INSTEAD}",
    ):
        load(SOURCE)


def test_a_cc_that_cannot_be_read(monkeypatch: Any) -> None:
    monkeypatch.setenv("CC", "cc 'unclosed")
    with raises(
        NoCompiler,
        'a C compiler is needed, and the command "cc \'unclosed", named by the environment '
        f"variable CC, cannot be read: No closing quotation; {INSTEAD}",
    ):
        load(SOURCE)


@posix
def test_a_compiler_that_is_not_a_program(monkeypatch: Any, tmp_path: Path) -> None:
    path = tmp_path / "not-a-program"
    path.write_bytes(b"\x7fELF")
    path.chmod(0o755)
    monkeypatch.setenv("CC", str(path))
    with pytest.raises(NoCompiler, match="cannot be run: Exec format error; install one"):
        load(SOURCE)


@pytest.mark.cc
def test_a_source_that_is_not_c(compiler: Compiler, cache: Path, capfd: Any) -> None:
    with pytest.raises(RuntimeError, match=r"failed with exit status 1; name another(.|\n)*error"):
        load("this is not C")
    assert not cache.exists() or list(cache.iterdir()) == []
    assert capfd.readouterr() == ("", "")


@posix
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 0", "made no library; name another in the environment variable CC"),
        ("seq 100; exit 3", r"failed with exit status 3; .* it said:\n1\n2\n3\n4\n5\n6\n7\n8\Z"),
    ],
)
def test_a_compiler_that_makes_nothing(
    script: str, message: str, monkeypatch: Any, tmp_path: Path
) -> None:
    path = tmp_path / "idle"
    path.write_text(f"#!/bin/sh\ncase $* in *--version*) exit 0 ;; esac\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("CC", str(path))
    with pytest.raises(RuntimeError, match=message):
        load(SOURCE)


@pytest.mark.cc
def test_a_compiler_that_hangs_is_ended_with_all_it_started(
    compiler: Compiler, tmp_path: Path, monkeypatch: Any
) -> None:
    compiler.script(f"sleep 60 & echo $! > '{tmp_path}/pid'\nwait")
    monkeypatch.setattr(library, "SECONDS", 1.0)
    with pytest.raises(RuntimeError, match="took more than 1 seconds; compile a smaller graph"):
        load(SOURCE)
    assert is_ended(int((tmp_path / "pid").read_text()))


@pytest.mark.cc
def test_ctrl_c_ends_the_compiler(compiler: Compiler, tmp_path: Path, cache: Path) -> None:
    # The process is announced late, when the command has surely come back from starting it.
    compiler.script(f"sleep 60 & sleep 1; echo $! > '{tmp_path}/pid'\nwait")
    program = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n{PROGRAM}"
    process = subprocess.Popen([sys.executable, "-c", program, SOURCE], stderr=subprocess.PIPE)
    path = tmp_path / "pid"
    for _ in waiting(lambda: path.exists() and path.read_text().strip() != ""):
        pass
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1].endswith(b"KeyboardInterrupt\n")
    assert is_ended(int(path.read_text()))
    assert not cache.exists() or list(cache.iterdir()) == []


@pytest.mark.cc
def test_ctrl_c_while_the_compiler_is_being_started_ends_it(
    compiler: Compiler, tmp_path: Path
) -> None:
    """The compiler interrupts Python as soon as it runs, mostly before Popen has returned."""
    compiler.script(f"echo $$ >> '{tmp_path}/pids'\nkill -INT $PPID\nsleep 60")
    program = (
        "import signal, sys\n"
        "from autograd_mini.compiler.library import load\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "for number in range(30):\n"
        "    try:\n"
        "        load(f'double f(void) {{ return {number}.0; }}')\n"
        "    except KeyboardInterrupt:\n"
        "        continue\n"
        "    sys.exit('not interrupted')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    started = (tmp_path / "pids").read_text().split()
    assert len(started) == 30
    assert all(is_ended(int(pid)) for pid in started)


@pytest.mark.cc
def test_where_no_library_can_be_loaded_the_error_names_tmpdir(
    compiler: Compiler, monkeypatch: Any
) -> None:
    def refuse(path: str) -> None:
        raise OSError("cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    with raises(
        RuntimeError,
        "the library that is built of C cannot be loaded: cannot open shared object file; set the "
        "environment variable TMPDIR to a folder that libraries can be loaded from, or use "
        'target="python"',
    ):
        load(SOURCE)


def waiting(is_done: Any) -> Iterator[None]:
    """Until a condition holds, for at most 20 seconds."""
    end = time.monotonic() + 20.0
    while not is_done():
        assert time.monotonic() < end
        time.sleep(0.01)
        yield


def is_ended(process: int) -> bool:
    """Whether a process ends soon."""

    def is_gone() -> bool:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{process}/stat") as file:  # a zombie, where nobody reaps it
            return file.read().rpartition(")")[2].split()[0] == "Z"

    for _ in waiting(is_gone):
        pass
    return True
