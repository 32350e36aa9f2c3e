"""Libraries built of C: whatever happens to the cache or the compiler, the right one is loaded."""

import ctypes
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from autograd_mini.compiler import cache as cache_module
from autograd_mini.compiler import library
from autograd_mini.compiler.library import NoCompiler, find_compiler, load

# Loads each source that it is given, in order, and says what `f` of it gives.
# A shell's job in the background ignores Ctrl-C, and hands that on to what it starts.
PROGRAM = """
import ctypes, signal, sys
from autograd_mini.compiler.library import load
signal.signal(signal.SIGINT, signal.default_int_handler)
for source in sys.argv[1:]:
    print("loading", flush=True)
    function = load(source).f
    function.restype = ctypes.c_double
    print(function())
"""

INSTEAD = (
    "install one (apt-get install gcc on Debian, xcode-select --install on macOS), name another "
    'in the environment variable CC, or use target="python"'
)


def source_of(number):
    """C in which f() gives a number, or 666 where it is built with -DPLANTED."""
    return f"#ifdef PLANTED\n#define N 666.0\n#else\n#define N {number!r}\n#endif\n" + (
        "double f(void) { return N; }\n"
    )


SOURCE = source_of(1.5)


def raises(error, message):
    """Expects the whole message, not a part of it."""
    return pytest.raises(error, match=rf"\A{re.escape(message)}\Z")


def command(*sources):
    return [sys.executable, "-c", PROGRAM, *sources]


def run(*sources, through=()):
    """What other processes print; it must be all that they say."""
    done = subprocess.run(
        [*through, *command(*sources)], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [float(line) for line in done.stdout.splitlines() if line != "loading"]


def number_of(loaded):
    loaded.f.restype = ctypes.c_double
    return loaded.f()


def anew(*sources):
    """What f gives where this process has loaded nothing yet."""
    library._loaded.clear()
    return [number_of(load(source)) for source in sources]


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Every folder of the user is in tmp_path. Nothing is left where temporary files are."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(library, "_loaded", {})
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def cache(tmp_path):
    """The folder that libraries are kept in."""
    return tmp_path / "caches" / "autograd_mini"


class Compiler:
    """The system's compiler in a script that counts what is built."""

    def __init__(self, path, real):
        self.path = path
        self.real = real
        self.log = path.with_name("log")
        self.script("")

    def script(self, before, version=""):
        """Shell commands to run before something is built; what --version says in addition."""
        self.path.write_text(
            f'#!/bin/sh\ncase $* in *--version*) echo "{version}" ;; '
            f"*) echo >> '{self.log}'\n{before}\n;; esac\nexec '{self.real}' $EXTRA \"$@\"\n"
        )
        self.path.chmod(0o755)

    @property
    def built(self):
        """How many libraries were built so far."""
        return self.log.read_text().count("\n") if self.log.exists() else 0


@pytest.fixture
def compiler(tmp_path, monkeypatch):
    monkeypatch.setenv("EXTRA", "")
    made = Compiler(tmp_path / "counting-cc", find_compiler()[0])
    monkeypatch.setenv("CC", str(made.path))
    return made


@pytest.fixture
def planted(compiler, cache, monkeypatch):
    """The one file of a cache that has another library for SOURCE than is built of it."""
    monkeypatch.setenv("EXTRA", "-DPLANTED")
    assert anew(SOURCE) == [666.0]
    monkeypatch.setenv("EXTRA", "")
    (path,) = cache.iterdir()
    # If it were safe it would be loaded.
    assert anew(SOURCE) == [666.0]
    assert compiler.built == 1
    return path


# -- what is built --------------------------------------------------------------------------------


@pytest.mark.cc
def test_results_are_those_of_python():
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
def test_warnings_are_seen_by_nobody(capfd):
    assert number_of(load(f"#warning loud\n{SOURCE}")) == 1.5
    assert capfd.readouterr() == ("", "")


@pytest.mark.cc
def test_cc_may_be_several_words(compiler, monkeypatch):
    monkeypatch.setenv("CC", f"env 'LANG=a b' {compiler.path}")
    assert find_compiler() == [shutil.which("env"), "LANG=a b", str(compiler.path)]
    assert number_of(load(SOURCE)) == 1.5
    assert compiler.built == 1


@pytest.mark.cc
def test_cc_may_be_relative(compiler, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CC", f"./{compiler.path.name}")
    assert find_compiler() == [str(compiler.path)]
    assert number_of(load(SOURCE)) == 1.5


# -- what is kept ---------------------------------------------------------------------------------


@pytest.mark.cc
def test_a_library_is_built_by_the_first_process_only(compiler, cache):
    assert run(SOURCE) == [1.5]
    assert run(SOURCE) == [1.5]
    assert compiler.built == 1
    (path,) = cache.iterdir()
    assert (cache.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.cc
def test_a_process_loads_a_source_once(compiler):
    loaded = []
    threads = [threading.Thread(target=lambda: loaded.append(load(SOURCE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 8
    assert len(set(map(id, loaded))) == 1
    assert compiler.built == 1


@pytest.mark.cc
def test_another_source_or_compiler_makes_another_library(compiler, cache):
    assert run(SOURCE, source_of(2.5)) == [1.5, 2.5]
    compiler.script("", version="a newer one")
    assert run(SOURCE) == [1.5]
    assert compiler.built == len(list(cache.iterdir())) == 3


@pytest.mark.cc
def test_the_language_of_the_user_makes_no_other_library(compiler, monkeypatch):
    compiler.script("", version="$LC_ALL")
    assert run(SOURCE) == [1.5]
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert run(SOURCE) == [1.5]
    assert compiler.built == 1


@pytest.mark.cc
def test_processes_may_build_the_same_at_once(compiler, cache):
    compiler.script("sleep 0.2")
    started = [
        subprocess.Popen(command(SOURCE), stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert [each.communicate()[0] for each in started] == ["loading\n1.5\n"] * 4
    assert len(list(cache.iterdir())) == 1
    built = compiler.built
    assert run(SOURCE) == [1.5]
    assert compiler.built == built


@pytest.mark.cc
def test_a_child_forked_while_a_thread_builds_can_build(compiler, tmp_path):
    started, go = tmp_path / "started", tmp_path / "go"
    compiler.script(f"touch '{started}'; while [ ! -e '{go}' ]; do sleep 0.02; done")
    program = f"""
import ctypes, os, sys, threading, time, warnings
from pathlib import Path
from autograd_mini.compiler.library import load
warnings.simplefilter("ignore")
thread = threading.Thread(target=load, args=[sys.argv[1]])
thread.start()
while not Path({str(started)!r}).exists():
    time.sleep(0.01)
child = os.fork()
Path({str(go)!r}).touch()
if not child:
    function = load(sys.argv[2]).f
    function.restype = ctypes.c_double
    os._exit(int(function()))
thread.join()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    forking = [sys.executable, "-c", program, SOURCE, source_of(7.0)]
    assert subprocess.run(forking, timeout=60).returncode == 7


@pytest.mark.cc
def test_what_was_used_last_is_kept(compiler, cache, monkeypatch):
    monkeypatch.setattr(cache_module, "KEPT", 3)
    sources = [source_of(float(number)) for number in range(3)]
    for age, source in enumerate(sources):
        before = set(cache.iterdir()) if cache.exists() else set()
        load(source)
        (path,) = set(cache.iterdir()) - before
        os.utime(path, (age + 10, age + 10))
    (cache / "left-behind.library").write_bytes(b"by a killed process")
    os.utime(cache / "left-behind.library", (1, 1))
    (cache / "notes").write_text("of somebody else")
    assert anew(sources[0]) == [0.0]  # used now
    load(source_of(3.0))
    assert len(list(cache.glob("*.library"))) == 3
    assert (cache / "notes").exists()
    assert compiler.built == 4
    assert anew(sources[0], sources[2], source_of(3.0)) == [0.0, 2.0, 3.0]
    assert compiler.built == 4
    assert anew(sources[1]) == [1.0]
    assert compiler.built == 5


# -- what is not taken from the cache -------------------------------------------------------------


DAMAGES = {
    "empty": lambda content: b"",
    "one byte": lambda content: content[:1],
    "truncated in its first block": lambda content: content[:100],
    "truncated in the middle": lambda content: content[: len(content) // 2],
    "last byte missing": lambda content: content[:-1],
    "a byte too long": lambda content: content + b"\0",
    "a bit flipped": lambda content: content[:2000] + bytes([content[2000] ^ 1]) + content[2001:],
    "zeros": lambda content: bytes(len(content)),
    "text": lambda content: b"int main(void);\n",
}


@pytest.mark.cc
def test_a_damaged_file_is_replaced(compiler, cache):
    assert anew(SOURCE) == [1.5]
    (path,) = cache.iterdir()
    content = path.read_bytes()
    for damage in DAMAGES.values():
        path.write_bytes(damage(content))
        assert anew(SOURCE) == [1.5]
        assert path.read_bytes() == content
    assert compiler.built == 1 + len(DAMAGES)


@pytest.mark.cc
def test_a_file_of_another_source_is_replaced(compiler, cache):
    assert anew(SOURCE) == [1.5]
    (path,) = cache.iterdir()
    assert anew(source_of(2.5)) == [2.5]
    (other,) = set(cache.iterdir()) - {path}
    shutil.copy(other, path)
    assert anew(SOURCE) == [1.5]
    assert compiler.built == 3


@pytest.mark.cc
def test_a_library_of_another_system_is_replaced(compiler, cache):
    compiler.script("echo of another system > library; exit 0")
    with pytest.raises(RuntimeError, match="the library that is built of C cannot be loaded: "):
        load(SOURCE)
    assert len(list(cache.iterdir())) == 1
    compiler.script("")
    assert anew(SOURCE) == [1.5]
    assert anew(SOURCE) == [1.5]
    assert compiler.built == 2


@pytest.mark.cc
@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_is_replaced(planted, compiler, mode):
    planted.chmod(mode)
    assert anew(SOURCE) == [1.5]
    assert planted.stat().st_mode & 0o777 == 0o600
    assert anew(SOURCE) == [1.5]
    assert compiler.built == 2


@pytest.mark.cc
def test_a_link_is_replaced(planted, compiler, tmp_path):
    planted.rename(tmp_path / "elsewhere")
    planted.symlink_to(tmp_path / "elsewhere")
    assert anew(SOURCE) == [1.5]
    assert not planted.is_symlink()
    assert anew(SOURCE) == [1.5]
    assert compiler.built == 2


@pytest.mark.cc
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_not_read(planted, compiler, make):
    planted.unlink()
    make(planted)
    assert anew(SOURCE) == [1.5]
    assert compiler.built == 2


@pytest.mark.cc
@pytest.mark.parametrize("mode", [0o770, 0o1707])
def test_a_folder_that_others_may_write_is_not_used(planted, compiler, mode):
    planted.parent.chmod(mode)
    before = planted.stat()
    assert anew(SOURCE) == [1.5]
    assert anew(SOURCE, source_of(2.5)) == [1.5, 2.5]
    assert compiler.built == 4
    assert list(planted.parent.iterdir()) == [planted]
    assert planted.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.cc
def test_a_folder_behind_a_link_is_not_used(planted, compiler, tmp_path):
    planted.parent.rename(tmp_path / "elsewhere")
    planted.parent.symlink_to(tmp_path / "elsewhere")
    assert anew(SOURCE) == [1.5]
    assert compiler.built == 2


@pytest.mark.cc
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root may chown")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_nothing_of_another_user_is_loaded(planted, compiler, what):
    os.chown(planted if what == "file" else planted.parent, 65534, -1)
    assert anew(SOURCE) == [1.5]
    assert compiler.built == 2
    if what == "file":
        assert planted.stat().st_uid == 0


# -- where nothing can be kept --------------------------------------------------------------------


def below_a_file(tmp_path):
    (tmp_path / "file").touch()
    return str(tmp_path / "file" / "below")


NO_FOLDERS = {
    "the cache folder cannot be made": lambda path: {"XDG_CACHE_HOME": below_a_file(path)},
    "HOME cannot exist": lambda path: {"XDG_CACHE_HOME": None, "HOME": below_a_file(path)},
    "HOME does not exist": lambda path: {"XDG_CACHE_HOME": None, "HOME": str(path / "none")},
    "HOME is not set": lambda path: {"XDG_CACHE_HOME": None, "HOME": None},
    "HOME is empty": lambda path: {"XDG_CACHE_HOME": "", "HOME": ""},
    "HOME is relative": lambda path: {"XDG_CACHE_HOME": "relative", "HOME": "relative"},
}


@pytest.mark.cc
@pytest.mark.parametrize("case", NO_FOLDERS)
def test_without_a_cache_folder_every_process_builds(compiler, tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    for name, value in NO_FOLDERS[case](tmp_path).items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    assert anew(SOURCE) == [1.5]
    assert anew(SOURCE) == [1.5]
    assert compiler.built == 2
    assert not (tmp_path / "relative").exists()
    assert not (tmp_path / "none").exists()


@pytest.mark.cc
def test_without_xdg_the_cache_is_where_the_system_has_it(compiler, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    (tmp_path / "home").mkdir()
    assert anew(SOURCE) == [1.5]
    place = "Library/Caches" if sys.platform == "darwin" else ".cache"
    folder = tmp_path / "home" / place / "autograd_mini"
    assert len(list(folder.iterdir())) == 1


def mounted(folder, options):
    """Words before a command, so that for it alone `folder` is an empty disk with such options."""
    folder.mkdir(exist_ok=True)
    mount = f"mount -t tmpfs -o {options} none '{folder}'"
    before = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*before, mount], capture_output=True).returncode
    ):
        pytest.skip("this user may not mount")
    return [*before, f'{mount} && exec "$@"', "sh"]


@pytest.mark.cc
@pytest.mark.parametrize("options", ["noexec", "ro", "size=4k", "nr_inodes=2"])
def test_a_cache_on_a_disk_of_any_kind(compiler, tmp_path, options):
    through = mounted(tmp_path / "caches", options)
    assert run(SOURCE, source_of(2.5), through=through) == [1.5, 2.5]


@pytest.mark.cc
def test_a_full_disk_keeps_no_part_of_a_file(compiler, tmp_path):
    through = mounted(tmp_path / "caches", "size=12k")
    show = ["sh", "-c", f"\"$@\"; find '{tmp_path / 'caches'}' -type f", "sh"]
    done = subprocess.run([*through, *show, *command(SOURCE)], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("loading\n1.5\n", "")


@pytest.mark.cc
def test_where_temporary_files_cannot_be_loaded_the_cache_folder_can(compiler, cache, temporary):
    through = mounted(temporary, "noexec")
    assert run(SOURCE, through=through) == [1.5]
    assert run(SOURCE, through=through) == [1.5]
    assert compiler.built == 1
    assert len(list(cache.iterdir())) == 1


@pytest.mark.cc
def test_where_nothing_can_be_loaded(compiler, tmp_path, monkeypatch, temporary):
    through = mounted(temporary, "noexec")
    monkeypatch.setenv("XDG_CACHE_HOME", below_a_file(tmp_path))
    done = subprocess.run([*through, *command(SOURCE)], capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert re.fullmatch(
        r"RuntimeError: the library that is built of C cannot be loaded: .*; set the environment "
        r"variable TMPDIR to a folder that libraries can be loaded from, or use "
        r'target="python"',
        last,
    )
    assert compiler.built == 1


# -- compilers that are missing or fail -----------------------------------------------------------


def test_a_compiler_that_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    message = f"a C compiler is needed, and the command 'cc' cannot be found; {INSTEAD}"
    with raises(NoCompiler, message):
        load(SOURCE)
    monkeypatch.setenv("CC", " ")
    with raises(NoCompiler, message):
        load(SOURCE)


def test_a_compiler_that_cc_names_is_missing(monkeypatch):
    monkeypatch.setenv("CC", "/nonexistent -O3")
    with raises(
        NoCompiler,
        "a C compiler is needed, and the command '/nonexistent', named by the environment "
        f"variable CC, cannot be found; {INSTEAD}",
    ):
        load(SOURCE)


def test_a_cc_that_is_no_command(monkeypatch):
    monkeypatch.setenv("CC", "gcc 'x")
    with raises(
        NoCompiler,
        'a C compiler is needed, and the command "gcc \'x", named by the environment variable '
        f"CC, cannot be read: No closing quotation; {INSTEAD}",
    ):
        load(SOURCE)


def test_a_compiler_that_is_no_program(monkeypatch, tmp_path):
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o755)
    monkeypatch.setenv("CC", str(program))
    with raises(
        NoCompiler,
        f"a C compiler is needed, and the command '{program}', named by the environment variable "
        f"CC, cannot be run: Exec format error; {INSTEAD}",
    ):
        load(SOURCE)


@pytest.mark.cc
def test_a_source_that_is_no_c(compiler, cache, capfd):
    with pytest.raises(RuntimeError) as caught:
        load("double f(void) { return nothing; }\n")
    first, second, *_ = str(caught.value).splitlines()
    assert first == (
        f"the C compiler {compiler.path} failed with exit status 1; name another in the "
        'environment variable CC, or use target="python"; it said:'
    )
    assert second.startswith("source.c:")
    assert "nothing" in str(caught.value)
    assert not cache.exists() or list(cache.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_only_the_first_lines_of_what_a_compiler_says(monkeypatch, tmp_path):
    program = tmp_path / "talker"
    program.write_text("#!/bin/sh\nfor i in 1 2 3 4 5 6 7 8 9; do echo line $i >&2; done; exit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("CC", str(program))
    said = "\n".join(f"line {i}" for i in range(1, 9))
    with raises(
        RuntimeError,
        f"the C compiler {program} failed with exit status 3; name another in the environment "
        f'variable CC, or use target="python"; it said:\n{said}',
    ):
        load(SOURCE)


def test_a_compiler_that_makes_nothing(monkeypatch, tmp_path):
    program = tmp_path / "idler"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("CC", str(program))
    with raises(
        RuntimeError,
        f"the C compiler {program} made no library; name another in the environment variable CC, "
        'or use target="python"',
    ):
        load(SOURCE)


@pytest.mark.cc
def test_a_compiler_that_hangs_is_ended_with_all_it_started(compiler, tmp_path, monkeypatch):
    heard = tmp_path / "heard"
    os.mkfifo(heard)
    handle = os.open(heard, os.O_RDONLY | os.O_NONBLOCK)
    compiler.script(f"(sleep 3; echo survived) > '{heard}' & wait")
    monkeypatch.setattr(library, "SECONDS", 0.5)
    with raises(
        RuntimeError,
        f"the C compiler {compiler.path} took more than 0.5 seconds; compile a smaller graph, or "
        'use target="python"',
    ):
        load(SOURCE)
    os.set_blocking(handle, True)
    with open(handle) as file:
        assert file.read() == ""


@pytest.mark.cc
def test_an_interrupt_leaves_nothing_behind(compiler, cache, tmp_path):
    started = tmp_path / "started"
    compiler.script(f"touch $TMPDIR/part '{started}'; while :; do sleep 0.02; done")
    process = subprocess.Popen(command(SOURCE), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not started.exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert said.decode().splitlines()[-1] == "KeyboardInterrupt"
    assert not cache.exists() or list(cache.iterdir()) == []


# Kills children at the moments that are wanted, and says how many sources it has used.
KILLER = """
import os, random, signal, sys, time
from autograd_mini.compiler import library

how, before, behind = sys.argv[1:]
library.load(before + "-1.0" + behind)  # asks for the version

def child(source, steps):
    def count(event, arguments):
        nonlocal steps
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.utime", "ctypes.dlopen"):
            steps -= 1
            if not steps:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    library.load(source)
    os._exit(0)

moments = random.Random(7)
number, status = 0, None
while number < 20 if how == "at any moment" else status != 0:
    source = f"{before}{number}.0{behind}"
    number += 1
    process = os.fork() or child(source, number if how == "at every step" else 0)
    if how == "at any moment":
        time.sleep(moments.uniform(0.0, 0.1))
        os.kill(process, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert status in (0, -signal.SIGKILL)
print(number)
"""


@pytest.mark.cc
@pytest.mark.parametrize("how", ["at any moment", "at every step"])
def test_a_kill_spoils_nothing(compiler, tmp_path, monkeypatch, how):
    """Of a killed process only its temporary files are left, where the system removes them."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    around = source_of(0.0).split("0.0")
    done = subprocess.run(
        [sys.executable, "-c", KILLER, how, *around], capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    number = int(done.stdout)
    assert number > 10
    sources = [source_of(float(each)) for each in range(number)]
    assert run(*sources) == list(range(number))
    built = compiler.built
    assert run(*sources) == list(range(number))
    assert compiler.built == built
