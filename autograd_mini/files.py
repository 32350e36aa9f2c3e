"""Writing files so that each holds all of its old content or all of its new content.

Drawings, generated programs and saved modules are written in this way.
"""

from __future__ import annotations

import os
import stat

FilePath = str | os.PathLike[str]


def write_file(path: FilePath, content: str | bytes) -> None:
    """Write `content` to a temporary file in the same folder, and move it to `path` in one step.

    A text is written in UTF-8.

    A file that exists keeps its permissions. A symbolic link stays a link; the file that it points
    to is replaced.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "graph.dot")
    ...     write_file(path, "digraph {}")
    ...     path.read_bytes()
    b'digraph {}'

    Raises: OSError, in one sentence, if the file cannot be written or is read-only.
    """
    target = os.path.realpath(os.fsdecode(path))
    if os.path.islink(target):
        raise OSError(_refusal(path, "its symbolic links lead in a circle", "repair the link"))
    folder, name = os.path.split(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(_refusal(path, f"there is no folder {folder!r}", "create it first"))
    permissions = _permissions(path, target)
    # In the same folder, because a file moves in one step only within its file system.
    temporary = os.path.join(folder, f".{name[:50]}.{os.urandom(8).hex()}.tmp")
    # A new file gets the permissions that the umask leaves. One that replaces a private file is
    # private before the content is in it.
    mode = 0o666 if permissions is None else stat.S_IRUSR | stat.S_IWUSR
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(temporary, flags, mode), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        if permissions is not None:
            os.chmod(temporary, permissions)
        os.replace(temporary, target)
    except OSError as reason:
        raise type(reason)(_refusal(path, _sentence(reason), "choose another place")) from reason
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)


def _permissions(path: FilePath, target: str) -> int | None:
    """The permissions of the file to replace; None if there is no such file.

    Raises: OSError if it is not a file that may be written.
    """
    try:
        status = os.stat(target)
    except OSError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(_refusal(path, "it is a folder", "choose another place"))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(_refusal(path, "it is a device or a pipe", "choose another place"))
    # By its permissions too: to the administrator every file is writable.
    if not status.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(
            _refusal(path, "the file is read-only", "make it writable or choose another place")
        )
    return stat.S_IMODE(status.st_mode)


def _refusal(path: FilePath, problem: str, advice: str) -> str:
    return f"cannot write {os.fspath(path)!r}: {problem}; {advice}"


def _sentence(reason: OSError) -> str:
    return (reason.strerror or str(reason) or type(reason).__name__).lower()
