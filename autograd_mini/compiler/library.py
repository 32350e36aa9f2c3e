"""C source as a shared library: built by the system's compiler, kept in a cache, and loaded.

The cache is one folder of the user: $XDG_CACHE_HOME/autograd_mini, or ~/.cache/autograd_mini. It
is used only if it belongs to the user and nobody else may enter it; otherwise a private temporary
folder serves, which is removed when the process ends. A file is named by the hash of everything
that decides the library, and written in one step; one that does not load is built again.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import hashlib
import os
import platform
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autograd_mini.files import write_file

FLAGS = (
    "-O2",
    "-fPIC",
    "-shared",
    "-std=c99",
    # The loops may inline the function that they call: no other library replaces it.
    "-fno-semantic-interposition",
    # Results equal CPython's to the last bit: a product is rounded before it is added to.
    "-ffp-contract=off",
    # Nobody reads errno, so that sqrt can be an instruction; its results are the same.
    "-fno-math-errno",
    # Functions are the library's, as in CPython. The compiler would write 1 / x for pow(x, -1), and
    # the correctly rounded number for tanh(2.0). These are all functions of math.h that rows of the
    # table may call; sqrt and fabs are exact.
    *(
        f"-fno-builtin-{name}"
        for name in (
            *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh"),
            *("erf", "erfc", "exp", "exp2", "expm1", "hypot", "lgamma", "log", "log10", "log1p"),
            *("log2", "pow", "sin", "sinh", "tan", "tanh", "tgamma"),
        )
    ),
)

HOW = "cc -O2 -fPIC -shared -std=c99 -ffp-contract=off"
"""The command as the source quotes it; the other flags matter for the last bit."""

SECONDS = 300.0  # of compiling; gcc needs 15 for a loop of 15,000 lines
LINES = 8  # of the messages of a compiler
KEPT = 200  # libraries

INSTEAD = 'or use target="python"'

_loaded: dict[str, ctypes.CDLL] = {}
_lock = threading.Lock()


class NoCompiler(RuntimeError):
    """A C compiler is missing or cannot be run."""


def load(source: str, flags: Sequence[str] = ()) -> ctypes.CDLL:
    """The shared library that `source` builds. flags: of this source, besides FLAGS.

    Raises: NoCompiler; RuntimeError, in one sentence, if it cannot be built or loaded.
    """
    command = [*find_compiler(), *flags]
    with _lock:
        key = _key(source, command)
        if key not in _loaded:
            _loaded[key] = _kept(key) or _built(key, source, command)
        return _loaded[key]


def _kept(key: str) -> ctypes.CDLL | None:
    """The library in the cache, if there is one that loads."""
    path = _cache_folder() / f"{key}.so"
    with contextlib.suppress(OSError):
        return ctypes.CDLL(str(path)) if path.exists() else None
    return None


def _built(key: str, source: str, command: Sequence[str]) -> ctypes.CDLL:
    """A new library, put into the cache if that is possible."""
    content = _compiled(source, command)
    problem: OSError | None = None
    # A cache folder may be on a full disk, or where the system loads no libraries from.
    for folder in dict.fromkeys([_cache_folder(), _temporary_folder()]):
        path = folder / f"{key}.so"
        try:
            write_file(path, content)
            library = ctypes.CDLL(str(path))
        except OSError as reason:
            problem = reason
        else:
            _forget_all_but_the_newest(folder)
            return library
    raise RuntimeError(
        f"the library that is built of C cannot be loaded: {problem}; set the environment "
        f"variable TMPDIR to a folder that libraries can be loaded from, {INSTEAD}"
    ) from problem


def _cache_folder() -> Path:
    """The cache of the user, or a private temporary folder."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # relative paths do not count, by the XDG specification
        home = os.environ.get("HOME", "")
        if not os.path.isabs(home) or not os.path.isdir(home):
            return _temporary_folder()
        base = os.path.join(home, "Library/Caches" if sys.platform == "darwin" else ".cache")
    folder = Path(base, "autograd_mini")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = os.lstat(folder)
    except OSError:
        return _temporary_folder()
    is_private = stat.S_ISDIR(status.st_mode)
    if hasattr(os, "geteuid"):
        is_private &= status.st_uid == os.geteuid() and not status.st_mode & 0o077
    return folder if is_private else _temporary_folder()


@functools.cache
def _temporary_folder() -> Path:
    """A folder that only this user may enter, removed when the process ends."""
    folder = tempfile.mkdtemp(prefix="autograd_mini-")
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # not a forked child, which may end first
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return Path(folder)


def _forget_all_but_the_newest(folder: Path) -> None:
    """Files that a killed process left behind are among those that are removed."""
    with contextlib.suppress(OSError):
        ages = sorted((path.stat().st_mtime_ns, path) for path in folder.iterdir())
        for _, path in ages[:-KEPT]:
            path.unlink()


def find_compiler() -> list[str]:
    """The command that compiles: the environment variable CC, else `cc`.

    Raises: NoCompiler.
    """
    asked = os.environ.get("CC", "")
    try:
        words = shlex.split(asked) or ["cc"]
    except ValueError as reason:
        raise _no_compiler(asked, f"cannot be read: {reason}") from None
    program = shutil.which(words[0])
    if program is None:
        raise _no_compiler(words[0], "cannot be found")
    # Absolute, because it runs in another folder; not resolved, because some compilers act by the
    # name of a link.
    return [os.path.abspath(program), *words[1:]]


@functools.cache
def lanes() -> tuple[int, tuple[str, ...]]:
    """The number of floats in a vector of this processor, and the compiler's flags for it."""
    with contextlib.suppress(OSError):
        known = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        if " avx512vl " in known:
            # Of vectors of four, 32 registers instead of 16, which scheduling before the choice of
            # registers makes use of: a step of W2 takes 0.83 of the time.
            return 4, ("-mavx512f", "-mavx512vl", "-fschedule-insns")
        if " avx2 " in known:
            return 4, ("-mavx2",)
    return 2, ()


def _no_compiler(name: str, problem: str) -> NoCompiler:
    origin = ", named by the environment variable CC," if os.environ.get("CC", "").strip() else ""
    return NoCompiler(
        f"a C compiler is needed, and the command {name!r}{origin} {problem}; install one "
        "(apt-get install gcc on Debian, xcode-select --install on macOS), name another in the "
        f"environment variable CC, {INSTEAD}"
    )


def _renew_lock() -> None:
    """A child that is forked while another thread builds has its lock, but not the thread."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def _key(source: str, command: Sequence[str]) -> str:
    """The hash of everything that decides the library."""
    machine = sys.platform, platform.machine()  # several machines may share a home folder
    parts = source, *FLAGS, *command, _identity(*command), *machine
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


@functools.cache
def _identity(*command: str) -> str:
    """The compiler and its version, asked once."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _, said = _run([*command, "--version"], folder)
    return f"{os.path.realpath(command[0])}\0{said}"


def _compiled(source: str, command: Sequence[str]) -> bytes:
    """The content of the library that a compiler makes of `source`."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder, "source.c").write_bytes(source.encode())
        status, said = _run([*command, *FLAGS, "-o", "library", "source.c", "-lm"], folder)
        library = Path(folder, "library")
        if status == 0 and library.exists():
            return library.read_bytes()
    problem = f"failed with exit status {status}" if status else "made no library"
    lines = "\n".join(said.splitlines()[:LINES])
    raise RuntimeError(
        f"the C compiler {shlex.join(command)} {problem}; name another in the environment variable "
        f"CC, {INSTEAD}" + (f"; it said:\n{lines}" if lines else "")
    )


def _run(command: Sequence[str], folder: str) -> tuple[int, str]:
    """Run a compiler in `folder`: its exit status and its messages.

    Raises: NoCompiler if it cannot be run, RuntimeError if it takes too long.
    """
    # In a fixed language: its version message is part of the key.
    environment = {**os.environ, "LC_ALL": "C", "TMPDIR": folder}
    with tempfile.TemporaryFile(dir=folder) as said:
        process = None
        try:
            with _interrupts_held():
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                )
            status = process.wait(SECONDS)
        except BaseException as reason:
            if process is not None:
                _kill(process)
            elif isinstance(reason, OSError):
                raise _no_compiler(command[0], f"cannot be run: {reason.strerror}") from reason
            if isinstance(reason, subprocess.TimeoutExpired):
                raise RuntimeError(
                    f"the C compiler {command[0]} took more than {SECONDS:g} seconds; compile a "
                    f"smaller graph, {INSTEAD}"
                ) from None
            raise
        said.seek(0)
        return status, said.read(10_000).decode(errors="replace")


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back until the block ends.

    Inside Popen it would leave a process that nobody knows. Python handles signals in its first
    thread alone.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    held: list[Any] = []
    signal.signal(signal.SIGINT, lambda *given: held.append(given))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if held:
            handler(*held[0])


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a compiler and the programs that it runs."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
