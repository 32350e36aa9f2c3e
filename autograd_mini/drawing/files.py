"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a file by way of a temporary one in the same folder.

    Raises: OSError, in one sentence, if that is not possible.
    """
    # A link stays a link: the file it points to is the one replaced.
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(
            f"cannot save {path.name}: there is no folder {folder}; create it or choose another"
        )
    if os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target):
        raise OSError(f"cannot write {path}: it is a device or a pipe; choose another")
    temporary = os.path.join(folder, f".{name[:50]}.{os.urandom(8).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        os.replace(temporary, target)
    except OSError as reason:
        raise type(reason)(f"cannot write {path}: {reason.strerror}") from reason
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)
