"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a file by way of a temporary one in the same folder.

    Raises: OSError, in one sentence, if that is not possible.
    """
    folder = path.parent
    if not folder.is_dir():
        raise FileNotFoundError(
            f"cannot save {path.name}: there is no folder {folder}; create it or choose another"
        )
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:50]}.", dir=folder)
    except OSError as reason:
        raise type(reason)(
            f"cannot write to the folder {folder}: {reason.strerror}; choose another"
        ) from reason
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException as reason:
        os.unlink(temporary)
        if isinstance(reason, OSError):
            raise type(reason)(f"cannot write {path}: {reason.strerror}") from reason
        raise


def _umask() -> int:
    """The process's mask of permissions, which can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
