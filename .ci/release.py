"""Build the release, compare its contents with the checkout, and try both wheels.

The wheel for this platform, which has the engine in C if there is a C compiler, and the wheel in
pure Python are each tried in a new environment that sees no other package and no checkout.

    python .ci/release.py          needs the package `build`
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("autograd_mini", "nn")

# The program that tries the wheel.
IMPORTS = """
import importlib.metadata, sys
import autograd_mini, nn
assert all(sys.prefix in package.__file__ for package in (autograd_mini, nn)), sys.path
assert importlib.metadata.version("autograd-mini") == autograd_mini.__version__
network = nn.two_two_two()
E = network.forward()
E.backward()
derivation = autograd_mini.explain(E, network.w5)
print(autograd_mini.engine_name)
print(f"{E:.9f} {network.w5.grad:.9f}", derivation.value == network.w5.grad)
"""


def checked_in() -> set[str]:
    """The files under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(listed.stdout.split("\0")) - {""}


def build(folder: Path, native: bool) -> tuple[Path, Path]:
    """Build the source distribution, and a wheel from it, with the engine in C or without."""
    command = [sys.executable, "-m", "build", "--outdir", folder, ROOT]
    environment = {**os.environ, "AUTOGRAD_MINI_NATIVE": str(int(native))}
    subprocess.run(command, check=True, env=environment)
    (wheel,) = folder.glob("*.whl")
    (source,) = folder.glob("*.tar.gz")
    return wheel, source


def engine_of(wheel: Path) -> str:
    """The engine that runs where the wheel is installed."""
    return "Python" if wheel.name.endswith("-py3-none-any.whl") else "C"


def check_contents(wheel: Path, source: Path) -> str:
    """Compare the files of both distributions with the checkout, and return the version."""
    (stated,) = re.findall(
        r'__version__ = "(.+)"', (ROOT / "autograd_mini/__init__.py").read_text()
    )
    files = checked_in()
    with zipfile.ZipFile(wheel) as archive:
        wheeled = {name for name in archive.namelist() if not name.endswith("/")}
    about = f"autograd_mini-{stated}.dist-info"
    extensions = {file for file in wheeled if file.startswith("autograd_mini/engine/_native.")}
    assert len(extensions) == (engine_of(wheel) == "C"), extensions
    expected = {file for file in files if file.startswith(tuple(f"{each}/" for each in PACKAGES))}
    expected |= {f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    expected |= {f"{about}/licenses/LICENSE"} | extensions
    assert wheeled == expected, sorted(wheeled ^ expected)
    with tarfile.open(source) as archive:
        inside = {member.name.partition("/")[2] for member in archive if member.isfile()}
    assert inside == files | {"PKG-INFO"}, sorted(inside ^ (files | {"PKG-INFO"}))
    return stated


def try_out(wheel: Path, folder: Path) -> None:
    """Install only the wheel, and run the commands of the README."""
    venv.create(folder / "clean", with_pip=True)
    python = folder / "clean" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def run(*arguments: str | Path) -> str:
        command = [python, "-I", *arguments]  # -I: only installed packages
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    run("-m", "pip", "install", "--quiet", wheel)
    assert run("-c", IMPORTS) == f"{engine_of(wheel)}\n0.298371109 0.082167041 True\n"
    assert "mazur" in run("-m", "autograd_mini", "lectures")
    assert "all as expected" in run("-m", "autograd_mini", "check", "mazur")
    run("-m", "autograd_mini")
    assert (folder / "two_two_two.svg").stat().st_size > 10_000
    run("-m", "autograd_mini", "page", "mazur", "-o", "page.html")
    page = (folder / "page.html").read_text(encoding="utf-8")
    for part in ('<script type="module">', "<style>", "Step by step", "<svg", "</html>"):
        assert part in page, part
    command = python.with_name("autograd-mini.exe" if os.name == "nt" else "autograd-mini")
    subprocess.run([command, "--help"], cwd=folder, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    for native in (True, False):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            wheel, source = build(folder / "dist", native)
            version = check_contents(wheel, source)
            try_out(wheel, folder)
            print(f"{version}: {wheel.name} and {source.name} are complete, and the wheel works")
