"""LaTeX to paste: documents and slides, compiled by a real LaTeX."""

import subprocess
from pathlib import Path

import pytest

import nn
from autograd_mini import Value, explain, forward_pass, label
from autograd_mini.derivation.documents import width
from autograd_mini.derivation.explain import Explanation


def explanations() -> list[Explanation]:
    network = nn.two_two_two()
    E = network.forward()
    z = [Value(number, label=f"z{k}") for k, number in enumerate((0.3, -0.4, 1.0), 1)]
    L = nn.softmax_cross_entropy(z, 1)
    model = nn.MLP(3, [4, 4, 1], seed=1)
    loss = (model([2.0, 3.0, -1.0]) - 1.0) ** 2
    samples = [([2.0, 3.0, -1.0], 1.0), ([3.0, -1.0, 0.5], -1.0), ([1.0, 1.0, -1.0], 0.0)]
    several = sum((model(inputs) - target) ** 2 for inputs, target in samples)  # type: ignore[operator]
    assert isinstance(several, Value)
    eta, odd = Value(0.5, label="\N{GREEK SMALL LETTER ETA}"), Value(2.0, label="50% of {x}_$")
    product = (eta * odd).exp()
    label(L=L, loss=loss, several=several, product=product)
    return [
        explain(E, network.w5),
        explain(E, network.w1),
        explain(E, network.w5, style="delta"),
        explain(E, network.w5, order=2),
        explain(L),
        explain(loss, model.parameters()),
        explain(several, model.parameters(), digits=6),
        explain(several, model.parameters()[:4], style="factored"),
        forward_pass(E),
        explain(product),
    ]


def compiled(folder: Path, source: str) -> str:
    """What LaTeX says of a document; fails if it does not compile."""
    (folder / "document.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


@pytest.mark.latex
def test_articles_compile(tmp_path: Path) -> None:
    body = "\n\n".join(each.article for each in explanations())
    head = r"\documentclass{article}\usepackage{amsmath}"
    told = compiled(tmp_path, rf"{head}\begin{{document}}{body}\end{{document}}")
    assert r"Overfull \hbox" not in told
    assert (tmp_path / "document.pdf").exists()


@pytest.mark.latex
def test_slides_compile_and_uncover_row_by_row(tmp_path: Path) -> None:
    (slide, *_) = explanations()
    told = compiled(
        tmp_path, rf"\documentclass{{beamer}}\begin{{document}}{slide.slides}\end{{document}}"
    )
    assert "Output written on document.pdf (4 pages" in told
    body = "\n\n".join(each.slides for each in explanations())
    told = compiled(tmp_path, rf"\documentclass{{beamer}}\begin{{document}}{body}\end{{document}}")
    assert "Overfull" not in told


def test_an_article_is_an_align_that_may_break_with_its_remarks_below() -> None:
    network = nn.two_two_two()
    written = explain(network.forward(), network.w1, digits=4).article.splitlines()
    assert written[:3] == [
        r"% needs \usepackage{amsmath}",
        r"{\allowdisplaybreaks",
        r"\begin{align*}",
    ]
    assert written[-3:] == [
        r"\end{align*}",
        "}",
        r"\noindent $\mathrm{out}_{h1}$ reaches $E$ along two paths, so its two contributions add.",
    ]


def test_slides_keep_the_rows_of_a_sum_on_one_frame() -> None:
    s = [Value(number, label=f"s{k}") for k, number in enumerate((0.3, -0.4, 1.0, 0.0), 1)]
    root = s[0] * s[0] * s[1] + s[0] * s[2]
    a, b = s[0] * s[1], s[0] * s[2]
    c, d = s[0] * s[3], s[0].exp()
    root = a * 2 + b * 3 + c * 4 + d * 5
    label(a=a, b=b, c=c, d=d, y=root)
    frames = explain(root, s[0]).slides.split(r"\begin{frame}")[1:]
    assert len(frames) > 1
    for frame in frames:
        first = frame.split(r"\begin{align*}")[1].strip()
        assert not first.startswith(r"&\quad")


def test_words_are_upright_and_greek_letters_have_commands() -> None:
    eta = Value(0.5, label="\N{GREEK SMALL LETTER ETA}_hidden")
    loss = eta * eta
    loss.label = "loss"
    assert r"\frac{\partial \mathrm{loss}}{\partial \eta_{\mathrm{hidden}}}" in explain(loss).latex


def test_a_row_that_is_wider_than_a_frame_is_broken_between_factors() -> None:
    steps = [Value(0.5, label="start")]
    for k in range(9):
        steps.append(steps[-1].tanh() * steps[-1])
        steps[-1].label = f"state_{k}"
    slide = explain(steps[-1], steps[0], style="factored").slides
    assert r"&\quad\quad \cdot " in slide
    assert max(map(width, slide.splitlines())) < 75


def test_slides_of_several_derivatives_name_the_value() -> None:
    network = nn.two_two_two()
    slides = explain(network.forward(), network.parameters()).slides
    assert r"\begin{frame}{Derivatives of $E$}" in slides
