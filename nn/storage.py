"""The file a module is saved in: named numbers as JSON, which no reader can be made to execute.

    {"format": "autograd_mini.nn", "version": 1, "values": {"w.0": 0.25, "w.1": -0.5, "b": 0.0}}

JSON written by Python keeps every digit, so a finite float comes back exactly as it was.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

FORMAT = "autograd_mini.nn"
VERSION = 1

FilePath = str | os.PathLike[str]


def write_values(path: FilePath, values: Mapping[str, float]) -> None:
    """Write the file at once: whatever happens, `path` holds all of the old or all of the new."""
    import json  # here, because most programs save nothing and importing it takes a while

    content = {"format": FORMAT, "version": VERSION, "values": dict(values)}
    text = json.dumps(content, indent=1, allow_nan=False) + "\n"
    # A link stays a link: the file it points to is the one replaced.
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(
            f"cannot save to {os.fspath(path)!r}: there is no folder {folder!r}; create it first"
        )
    if os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target):
        raise OSError(
            f"cannot save to {os.fspath(path)!r}: it is a device or a pipe; choose another place"
        )
    # In the same folder, because a file can be moved in one step only within its file system.
    temporary = os.path.join(folder, f".{name[:50]}.{os.urandom(8).hex()}.tmp")
    try:
        with open(temporary, "x", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, target)
    except OSError as error:
        raise type(error)(
            f"cannot save to {os.fspath(path)!r}: {_reason(error)}; choose another place"
        ) from error
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)


def read_values(path: FilePath, limit: int) -> dict[str, object]:
    """The named values of a file of at most `limit` bytes; what they are is not checked here.

    Raises: OSError if it cannot be read, ValueError if it is not such a file.
    """
    shown = repr(os.fspath(path))
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            raise ValueError(f"cannot load {shown}: it is not a file; give the path of a saved one")
        with open(path, "rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise type(error)(
            f"cannot load {shown}: {_reason(error)}; give the path of a file that save() wrote"
        ) from error
    if len(content) > limit:
        raise ValueError(
            f"cannot load {shown}: it is larger than {limit} bytes, more than this module's "
            "values can take; it was saved from another module"
        )
    return _values(_parse(content, shown), shown)


def _parse(content: bytes, shown: str) -> object:
    import json

    try:
        return json.loads(content.decode("utf-8-sig"))
    # ValueError covers bad UTF-8, bad JSON and numbers of too many digits.
    except (ValueError, RecursionError):
        raise ValueError(
            f"cannot load {shown}: it is not complete JSON; save the module again"
        ) from None


def _values(content: object, shown: str) -> dict[str, object]:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(
            f"cannot load {shown}: it is JSON, but no module was saved in it "
            f"(no format {FORMAT!r}); give the path of a file that save() wrote"
        )
    version = content.get("version")
    if version != VERSION:
        raise ValueError(
            f"cannot load {shown}: its version is {version!r}, and this program reads "
            f"version {VERSION}; save it again with this program, or update"
        )
    values = content.get("values")
    if not isinstance(values, dict):
        raise ValueError(f"cannot load {shown}: it has no values; save the module again")
    return values


def _reason(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()
