"""Compile the engine and the part of the standard library that it needs, as two archives.

Run by build.mjs in Pyodide: bytecode belongs to one version of Python. `lesson` is set before.
"""

import importlib
import importlib._bootstrap_external as bootstrap
import os
import pkgutil
import sys
import zipfile

sys.path.insert(0, "/source")


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # build.mjs compresses the archive as a whole, which takes less room than file by file.
    archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_STORED)


def bytecode(source: bytes, name: str) -> bytes:
    code = compile(source, name, "exec", dont_inherit=True, optimize=2)
    return bytes(bootstrap._code_to_hash_pyc(code, b"\0" * 8, False))


import autograd_mini  # noqa: E402
import nn  # noqa: E402

for package in (autograd_mini, nn):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith(("plugin", "__main__")):
            importlib.import_module(module.name)
for module in lesson.split():  # type: ignore[name-defined]  # noqa: F821
    importlib.import_module(module)

from autograd_mini.playground import answer, starters  # noqa: E402

for starter in starters():  # what is imported late
    answer(starter["kind"], starter["text"])

with zipfile.ZipFile("/engine.zip", "w") as archive:
    for folder, _, names in sorted(os.walk("/source")):
        for name in sorted(names):
            path = f"{folder}/{name}"
            inside = path.removeprefix("/source/")
            if "__pycache__" in path or "/classroom" in path:  # which marks the files of a class
                continue
            with open(path, "rb") as file:
                content = file.read()
            if name.endswith(".py"):
                add(archive, f"{inside}c", bytecode(content, f"/lib/playground/{inside}"))
            else:
                add(archive, inside, content)

[library] = [path for path in sys.path if path.endswith(".zip")]
wanted = set()
for module in list(sys.modules.values()):
    origin = getattr(getattr(module, "__spec__", None), "origin", None) or ""
    if origin.startswith(f"{library}/"):
        wanted.add(origin.removeprefix(f"{library}/"))
with zipfile.ZipFile(library) as source, zipfile.ZipFile("/library.zip", "w") as archive:
    for name in sorted(source.namelist()):
        # Encodings are found by name, when a text asks for them.
        if name in wanted or name in ("encodings/latin_1.py", "encodings/cp437.py"):
            add(archive, f"{name}c", bytecode(source.read(name), name))
