"""Read the scripts of a page, one of which is packed."""

from __future__ import annotations

import base64
import re
import zlib


def scripts_of(page: str) -> tuple[str, str]:
    """The script that a page starts, and the one that it unpacks."""
    packed = re.findall('<template class="script">(.*?)</template>', page)
    (start,) = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    return start, "".join(zlib.decompress(base64.b64decode(part), -15).decode() for part in packed)
