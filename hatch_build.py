"""Builds the engine in C for a wheel or an editable installation, where there is a C compiler.

Without one, and with AUTOGRAD_MINI_NATIVE=0, the wheel is pure Python and the same on every system.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULE = "autograd_mini.engine._native"


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the extension to a wheel, and to the checkout where the installation is editable."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, before the wheel is written."""
        folder = Path(self.root, *MODULE.split(".")[:-1])
        for stale in [*folder.glob("_native.*so"), *folder.glob("_native.*pyd")]:
            if version == "editable":
                stale.unlink()
        self.temporary = tempfile.TemporaryDirectory()
        library = build(Path(self.root), Path(self.temporary.name), self.app.display_warning)
        if library is None:
            return
        if version == "editable":
            shutil.copy(library, folder)
            return
        place = (folder / library.name).relative_to(self.root)
        build_data["force_include"][str(library)] = place.as_posix()
        build_data["pure_python"] = False
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"cp310-abi3-{platform}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Clean up, after the wheel is written."""
        self.temporary.cleanup()


def build(root: Path, folder: Path, warn: Any) -> Path | None:
    """The extension, built in `folder`; None where Python has to do, after a warning."""
    if os.environ.get("AUTOGRAD_MINI_NATIVE") == "0":
        return None
    # The engine in C relies on the global interpreter lock, and on the layout of 64-bit CPython.
    has_lock = sys.implementation.name == "cpython" and not sysconfig.get_config_var(
        "Py_GIL_DISABLED"
    )
    if not has_lock or sys.maxsize < 2**32 or sys.platform in ("emscripten", "wasi"):
        return None
    try:
        from setuptools import Distribution, Extension
        from setuptools.errors import CompileError, ExecError, LinkError, PlatformError
    except ImportError:
        warn("the engine in C was not built, since setuptools is missing; Python runs instead")
        return None
    source = folder / "native.c"
    generated = subprocess.run(
        [sys.executable, "-m", "native.generate"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "AUTOGRAD_MINI_PURE": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    source.write_bytes(generated.stdout)
    on_windows = os.name == "nt"
    extension = Extension(
        MODULE,
        [str(source)],
        py_limited_api=True,
        libraries=[] if on_windows else ["m"],
        # As in Python, x * y + z rounds twice, and functions are the library's: a compiler would
        # replace the sine and cosine of one number by one call.
        extra_compile_args=[] if on_windows else ["-O2", "-ffp-contract=off", "-fno-builtin"],
    )
    command = Distribution({"ext_modules": [extension]}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "temp")
    command.ensure_finalized()
    try:
        command.run()
    except (CompileError, ExecError, LinkError, PlatformError) as error:
        warn(f"the engine in C was not built, and Python runs instead: {error}")
        return None
    return Path(command.get_ext_fullpath(MODULE))
