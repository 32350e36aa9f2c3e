"""The site, by Sphinx: `sphinx-build -W docs build/site`.

The pages are plain Markdown that can be read in the repository too. The site adds a table of
contents, and on the first page the live page where the repository shows a picture of it.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from pygments.lexers import TextLexer
from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import autograd_mini  # noqa: E402
import nn  # noqa: E402
from autograd_mini.drawing.palette import POSITIVE  # noqa: E402

project = "autograd_mini"
version = release = autograd_mini.__version__
extensions = ["myst_parser"]

exclude_patterns = ["playground"]

html_theme = "furo"
html_title = project
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
_colours = {"color-brand-primary": POSITIVE, "color-brand-content": POSITIVE}
html_theme_options = {"light_css_variables": _colours, "dark_css_variables": {}}

smartquotes = False
highlight_language = "none"  # for a fence that names no language
myst_heading_anchors = 4

# One page with Python in it, which docs/playground/build.mjs writes where npm is installed.
PLAYGROUND = HERE.parent / "build" / "playground.html"

LIVE_PAGE = """\
<iframe class="explore" src="explore.html" title="The 2-2-2 network, to explore"></iframe>

<a href="explore.html">The page by itself</a>, and <a href="quiz.html">as a quiz</a>.
"""


def contents(index: str) -> str:
    """The table of contents: the links of each section of the index."""
    written = []
    for section in index.split("\n## ")[1:]:
        pages = re.findall(r"\]\(([\w/-]+)\.md\)", section)
        if pages:
            caption = section.partition("\n")[0]
            listed = "\n".join(pages)
            written.append(f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```")
    return "\n\n".join(written)


def complete_the_index(app: Sphinx, name: str, source: list[str]) -> None:
    if name == "index":
        page = re.sub(r"^!\[.*\]\(page\.png\)$", LIVE_PAGE, source[0], flags=re.MULTILINE)
        if PLAYGROUND.exists():
            link = '<a href="playground.html">playground.html</a>'
            page = page.replace("`playground.html`", link, 1)
        source[0] = f"{page}\n{contents(source[0])}\n"


def write_live_pages(app: Sphinx, error: Exception | None) -> None:
    """Write the page and the quiz of the 2-2-2 network, as a user writes them."""
    if error is None and app.builder.format == "html":
        E = nn.two_two_two().forward()
        E.backward()
        autograd_mini.draw(E).save(app.outdir / "explore.html")
        if PLAYGROUND.exists():
            shutil.copyfile(PLAYGROUND, app.outdir / PLAYGROUND.name)
        autograd_mini.draw(E, quiz=("gradients",)).save(app.outdir / "quiz.html")


def setup(app: Sphinx) -> None:
    app.add_lexer("derivation", TextLexer)
    app.connect("source-read", complete_the_index)
    app.connect("build-finished", write_live_pages)
