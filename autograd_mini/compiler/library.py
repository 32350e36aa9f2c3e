"""C as a shared library: built by the system's compiler, once, and loaded.

What was built is kept in the `cache`, of which a process loads a private copy. So nothing that
happens to the cache, at whatever moment, changes what is loaded or is running; and a folder from
which nothing may be loaded will do.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from autograd_mini.compiler.cache import cache_folder, keep, kept, temporary

FLAGS = (
    "-O2",
    "-fPIC",
    "-shared",
    "-std=c99",
    # The loops may inline what they call, though another library could have the same names.
    "-fno-semantic-interposition",
    # Results are to equal CPython's to the last bit: a product is rounded before it is added to.
    "-ffp-contract=off",
    # Nobody reads errno, so that sqrt can be an instruction; its results are the same.
    "-fno-math-errno",
    # Functions are the library's, as in CPython. The compiler would write pow(x, -1) as 1 / x, and
    # compute tanh(2.0) itself, correctly rounded, wherever it can tell the operand. These are all
    # of math.h that a row of the table may call; sqrt and fabs are exact.
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
"""What a reader needs to know of the command; the other flags matter for the last bit."""

SECONDS = 300.0  # of compiling; gcc needs 15 for a loop of 15,000 lines
LINES = 8  # of what a compiler says; what follows is seldom of use

INSTEAD = 'or use target="python"'

_loaded: dict[str, ctypes.CDLL] = {}
_lock = threading.Lock()


class NoCompiler(RuntimeError):
    """There is no C compiler, or it cannot be run."""


def load(source: str, flags: Sequence[str] = ()) -> ctypes.CDLL:
    """The shared library that `source` builds; built once, then taken from the cache.

    flags: of this source, besides FLAGS.

    Raises: NoCompiler; RuntimeError, in one sentence, if it cannot be built or loaded.
    """
    command = [*find_compiler(), *flags]
    with _lock:
        try:
            key = _key(source, command)
            if key not in _loaded:
                _loaded[key] = _obtained(key, source, command)
        except OSError as reason:
            raise RuntimeError(
                f"the library that is built of C cannot be loaded: {reason}; set the environment "
                f"variable TMPDIR to a folder that libraries can be loaded from, {INSTEAD}"
            ) from reason
        return _loaded[key]


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
    # Absolute, as it runs in another folder; not resolved, as a link's name may say what to be.
    return [os.path.abspath(program), *words[1:]]


@functools.cache
def lanes() -> tuple[int, tuple[str, ...]]:
    """How many floats this processor's vectors have, and the flags that say so to the compiler."""
    with contextlib.suppress(OSError):
        if " avx2 " in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"):
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
    """A child forked while a thread of its parent builds has that thread's lock, not the thread."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def _key(source: str, command: Sequence[str]) -> str:
    """What decides which library it is, as a name of a file."""
    machine = sys.platform, platform.machine()  # several may share a home folder
    parts = source, *FLAGS, *command, _identity(*command), *machine
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


@functools.cache
def _identity(*command: str) -> str:
    """Which compiler and which version it is; asked once."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _, said = _run([*command, "--version"], folder)
    return f"{os.path.realpath(command[0])}\0{said}"


def _built(source: str, command: Sequence[str]) -> bytes:
    """The library that a compiler makes of `source`."""
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
    """Run a compiler, which leaves whatever it leaves in `folder`: its exit status, what it said.

    Raises: NoCompiler if it cannot be run, RuntimeError if it takes too long.
    """
    # In a fixed language: what it says of its version is part of the key.
    environment = {**os.environ, "LC_ALL": "C", "TMPDIR": folder}
    with tempfile.TemporaryFile(dir=folder) as said:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        except OSError as reason:
            raise _no_compiler(command[0], f"cannot be run: {reason.strerror}") from reason
        try:
            status = process.wait(SECONDS)
        except BaseException as reason:
            _kill(process)
            if isinstance(reason, subprocess.TimeoutExpired):
                raise RuntimeError(
                    f"the C compiler {command[0]} took more than {SECONDS:g} seconds; compile a "
                    f"smaller graph, {INSTEAD}"
                ) from None
            raise
        said.seek(0)
        return status, said.read(10_000).decode(errors="replace")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a compiler and the programs that it runs, which would work on for nobody."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _obtained(key: str, source: str, command: Sequence[str]) -> ctypes.CDLL:
    """A library from the cache, or else a new one. Raises: OSError if it cannot be loaded."""
    folder = cache_folder()
    content = folder and kept(folder, key)
    if content:
        # Where this fails, the library may be of another system: a new one fits.
        with contextlib.suppress(OSError):
            return _opened(content, key, folder)
    content = _built(source, command)
    if folder:
        keep(folder, key, content)
    return _opened(content, key, folder)


def _opened(content: bytes, key: str, cache: Path | None) -> ctypes.CDLL:
    """Load a library, from a file that exists only meanwhile. Raises: OSError."""
    # The loader takes files of one name for one file, so that no other library may ever have it.
    prefix = f"{key[:32]}-"
    try:
        with temporary(content, prefix) as path:
            return ctypes.CDLL(path)
    except OSError:
        # Some systems let nothing be loaded from where temporary files are.
        if cache is None:
            raise
        with contextlib.suppress(OSError), temporary(content, prefix, cache) as path:
            return ctypes.CDLL(path)
        raise
