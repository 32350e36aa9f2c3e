"""Coverage-guided fuzzing of the readers of text from strangers. It is started by hand.

    pip install atheris
    python tests/fuzz.py sheet CORPUS -max_total_time=3600

The first argument is a key of TARGETS. CORPUS is a folder for the inputs that reached new code; the
rest are options of libFuzzer. An unexpected error, a hang or a crash ends the run.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pkgutil
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.dom import minidom

# The words of derivations, separated by bars.
WORDS = (
    "w|x|t|E|net|b1|θ| = | -> |\n|\r\n|\t| |, |(|)|0.5|-2|1e-3|1/2|1e400|nan|inf|999999"
    "|0.12345678901234567890| + | - | * | / |**|^|²|·|\u2212|%|<|==|\"|'|\\|[|]|sigmoid(|tanh("
    "|log(|sqrt(|max(|relu(|sum(|softmax(|x**x**x|1/0|dE/dw|dE/dx|d2E/dw2|w - 0.5*dE/dw|descend("
    "|rate |steps |times |# erratum: it is 1|# carried|```derivation\n|```\n|lambda|if|__import__"
)
ARGUMENTS = (
    "check explain draw page compile train lectures assign mark import mazur civeng SHEET.md "
    "STATE.json SHEET.md:E FILE.py:loss /dev/null . - dE/dw5 dE/dw d2E/dw2 --style delta "
    "factored --order 2 --target c python javascript --quiz gradients -o OUT.html OUT.svg --out "
    "FOLDER --rounds 3 --epochs --hidden --help --version"
)

# The words of decks, separated by tildes.
MATH = (
    r"$~$$~\begin{align}~\end{align}~\begin{frame}~\end{frame}~\\~ & ~ = ~ \approx ~ + ~ - ~ * ~/"
    r"~\cdot ~\frac{~}{~}~{~(~)~\left(~\right)~^~_~w_1~x~y~E~net~\partial ~\frac{\partial E}{~\["
    r"~\sigma(~\sqrt{~\log ~\sum_{i=1}^{3}~\exp ~e^{~0.5~-2~1e-3~0,5~1/2~\infty~\dots~\text{~#~- "
    r"~```~`~%~\newcommand{\a}{~\a~\(~\)~\]~<!-- derivation~-->~'~\prime~\begin{pmatrix}~| "
    "~\n~\n\n~---\n"
)
EXERCISE = """```derivation
x = 0.8
w = 0.40  # choose -0.9 to 0.9 by 0.05
t = 0.25
y = tanh(w*x)   -> 0.310
E = (y - t)**2  -> 0.0036
dE/dw           -> 0.0868
```
"""


def sheet(given: Any) -> None:
    """Check a sheet; every result, or error, has a text."""
    from autograd_mini import check_sheet
    from autograd_mini.checking import SheetError

    try:
        told = str(check_sheet(written(given)))
    except SheetError as error:
        told = str(error)
    assert told


def deck(given: Any) -> None:
    """Check a deck, and write it as a sheet; a deck that is refused has a reason."""
    from autograd_mini.checking import SheetError
    from autograd_mini.decks.report import check_deck_text
    from autograd_mini.decks.sheet_writer import sheet_of

    text = ""
    while given.remaining_bytes():
        text += given.PickValueInList([*MATH.split("~"), given.ConsumeUnicode(3)])
    try:
        report = check_deck_text(text)
        told = f"{report}{sheet_of(report)}"
    except SheetError as error:
        told = str(error)
    assert told


def handed_in(given: Any) -> None:
    """Mark what a student hands in: the marks are between none and all."""
    from autograd_mini.classroom.assignment import assign
    from autograd_mini.classroom.handed_in import mark_set

    if not os.path.exists("set"):
        Path("TEMPLATE.md").write_text(EXERCISE)
        assign(Path("TEMPLATE.md"), ["anna"], "1", Path("set"))
    text = Path("set", "anna.md").read_text(encoding="utf-8")
    for _ in range(given.ConsumeIntInRange(0, 4)):
        start = given.ConsumeIntInRange(0, len(text))
        end = min(len(text), start + given.ConsumeIntInRange(0, 20))
        text = (
            text[:start]
            + given.PickValueInList([*WORDS.split("|"), given.ConsumeUnicode(5)])
            + text[end:]
        )
    ending = given.PickValueInList(["md", "txt", "ipynb"])
    path = Path(f"anna.{ending}")
    path.write_bytes(text.encode(errors="surrogatepass") + given.ConsumeBytes(sys.maxsize))
    found = mark_set("set", [path])
    (paper,) = found.papers
    assert 0 <= paper.earned <= paper.most
    path.unlink()


def state(given: Any) -> None:
    """Load a file of numbers, damaged or not; a file that is refused changes nothing."""
    import nn

    model = nn.MLP(2, [2, 1], seed=0)
    numbers: dict[str, object] = dict(model.state_dict())
    for _ in range(given.ConsumeIntInRange(0, 3)):
        name = given.PickValueInList([*numbers, given.ConsumeUnicodeNoSurrogates(8)])
        others = [given.ConsumeFloat(), given.ConsumeUnicodeNoSurrogates(5), None, True, [1], {}]
        numbers[name] = given.PickValueInList([*others, 10**400, -0.0])
    text = json.dumps(numbers).encode()
    cut = given.ConsumeIntInRange(0, len(text))
    Path("STATE.json").write_bytes(text[:cut] + given.ConsumeBytes(sys.maxsize))
    before = model.state_dict()
    try:
        model.load("STATE.json")
    except ValueError:
        changed = model.state_dict() != before
        assert not changed


def labels(given: Any) -> None:
    """Draw and explain a graph with any labels: pictures are XML, pages have no other scripts."""
    from autograd_mini import Value, compile_graph, draw, explain, scope, tanh

    with scope(given.ConsumeUnicode(9)):
        w, x = Value(0.5), Value(-2.0)
        y = tanh(w * x) + x
    w.label, x.label, y.label = (given.ConsumeUnicode(20) for _ in range(3))
    y.backward()
    drawing = draw(y)
    minidom.parseString(drawing.svg().encode())
    page = drawing.save("OUT.html").read_text(encoding="utf-8")
    assert page.count("<script") == page.count("</script") == len(drawing_scripts())
    assert drawing.dot.encode()
    assert drawing.mermaid.encode()
    explained = explain(y, w)
    assert str(explained)
    assert explained.latex
    minidom.parseString(f"<p>{explained.html}</p>".encode())
    compile(compile_graph(y, [w]).source, "program", "exec")


@cache
def drawing_scripts() -> list[str]:
    """The scripts of a page with harmless labels."""
    from autograd_mini import Value, draw

    page = draw(Value(1.0) * 2.0).save("PLAIN.html").read_text(encoding="utf-8")
    return page.split("<script")[1:]


def command(given: Any) -> None:
    """Run the command with any arguments; status 2 comes with a message."""
    from autograd_mini.cli import main

    given_arguments = [
        given.PickValueInList([*ARGUMENTS.split(), given.ConsumeUnicodeNoSurrogates(6)])
        for _ in range(given.ConsumeIntInRange(1, 6))
    ]
    Path("SHEET.md").write_text(written(given), encoding="utf-8", errors="replace")
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        try:
            status: object = main(given_arguments)
        except SystemExit as stop:
            status = stop.code
    assert status in (0, 1, 2), status
    assert status != 2 or complained.getvalue()


def written(given: Any) -> str:
    """A derivation that mixes words of the language with other text."""
    text = "```derivation\n"
    while given.remaining_bytes():
        text += given.PickValueInList([*WORDS.split("|"), given.ConsumeUnicode(3)])
    return f"{text}\n```\n"


TARGETS = {
    "sheet": sheet,
    "deck": deck,
    "handed_in": handed_in,
    "state": state,
    "labels": labels,
    "command": command,
}


def main() -> None:
    import atheris

    name, corpus, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["autograd_mini", "nn"]):
        import autograd_mini
        import nn

        for package in (autograd_mini, nn):
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                if not module.name.endswith("__main__"):
                    import_module(module.name)
    corpus = os.path.abspath(corpus)
    os.makedirs(corpus, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)

        def once(data: bytes) -> None:
            TARGETS[name](atheris.FuzzedDataProvider(data))

        found = f"-artifact_prefix={corpus}-"
        atheris.Setup([sys.argv[0], corpus, "-timeout=120", found, *options], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
