"""Check the links of the built site, and that its pages load only files of the site.

python docs/check_site.py build/site
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# The attributes whose files a browser loads when it shows a page.
LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("link", "href"),
    ("source", "src"),
}


class Page(HTMLParser):
    """The links of one page, and the ids that a link can lead to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[tuple[str, str, str]] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append((tag, name, value))
            elif name == "id" and value:
                self.places.add(value)


def faults(site: Path) -> Iterator[str]:
    """One message for each broken link and each load from another site."""
    pages = {path: Page(path) for path in sorted(site.resolve().rglob("*.html"))}
    for path, page in pages.items():
        for tag, attribute, link in page.links:
            address = urlsplit(link)
            if address.scheme == "data":
                continue
            if address.scheme or address.netloc:
                if (tag, attribute) in LOADING:
                    yield f"{path}: loads {link}"
                continue
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            if not target.exists():
                yield f"{path}: no file {link}"
            elif address.fragment and address.fragment not in pages[target].places:
                yield f"{path}: no id {link}"
    for path in site.rglob("*.css"):
        for address in re.findall(r"url\(\s*['\"]?((?:https?:)?//[^)]*)", path.read_text("utf-8")):
            yield f"{path}: loads {address}"
    if len(pages) < 10:
        yield f"{site} has {len(pages)} pages only"


if __name__ == "__main__":
    found = list(faults(Path(sys.argv[1])))
    sys.exit("\n".join(found) or 0)
