"""The libraries that were built, kept in the user's cache folder.

They are in files that are read and verified, and never loaded themselves. One file is all there is
to an entry.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

KEPT = 200  # libraries

SUFFIX = ".library"
DIGEST_SIZE = hashlib.sha256().digest_size


def cache_folder() -> Path | None:
    """The folder that libraries are kept in; made if need be; None if there is no safe one."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # then it does not count, by the XDG specification
        home = os.environ.get("HOME", "")
        if not os.path.isabs(home) or not os.path.isdir(home):
            return None
        base = os.path.join(home, "Library/Caches" if sys.platform == "darwin" else ".cache")
    folder = Path(base, "autograd_mini")
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        status = os.lstat(folder)
    except OSError:
        return None
    return folder if stat.S_ISDIR(status.st_mode) and _is_ours(status) else None


def _is_ours(status: os.stat_result) -> bool:
    """Whether nobody but this user can have written it."""
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _digest(key: str, content: bytes) -> bytes:
    """What a file begins with; of the key too, so that one file is never taken for another."""
    return hashlib.sha256(key.encode() + content).digest()


def kept(folder: Path, key: str) -> bytes | None:
    """The library that was kept, if it is whole and ours."""
    path = folder / (key + SUFFIX)
    with contextlib.suppress(OSError), open(path, "rb", opener=_open_itself) as file:
        # Of the open file: what is at the path can be exchanged at any moment.
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or not _is_ours(status):
            return None
        digest, content = file.read(DIGEST_SIZE), file.read()
        if digest == _digest(key, content):
            with contextlib.suppress(OSError):
                os.utime(path)  # used last, forgotten last
            return content
    return None


def _open_itself(path: str, flags: int) -> int:
    """Open what is at a path, not what a link there points to, and do not wait for a pipe."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def keep(folder: Path, key: str, content: bytes) -> None:
    """Keep a library, if that is possible, and forget those that were not used for longest."""
    with contextlib.suppress(OSError):
        with temporary(_digest(key, content) + content, "", folder) as path:
            os.replace(path, folder / (key + SUFFIX))
        ages = []
        # Files that a killed process left behind are among them.
        for each in folder.glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError):
                ages.append((each.lstat().st_mtime_ns, each))
        for _, each in sorted(ages)[:-KEPT]:
            with contextlib.suppress(OSError):
                each.unlink()


@contextlib.contextmanager
def temporary(content: bytes, prefix: str, folder: Path | None = None) -> Iterator[str]:
    """A file that only this user can read or write; removed in the end, if it is still there."""
    handle, path = tempfile.mkstemp(prefix=prefix, suffix=SUFFIX, dir=folder)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        yield path
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
