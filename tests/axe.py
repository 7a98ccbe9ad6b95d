"""The accessibility checker axe-core, packed in ``tests/vendor`` and known by its checksum."""

import gzip
import hashlib
import tomllib
from pathlib import Path

VENDOR = Path(__file__).parent / "vendor"
# Everything of WCAG 2.2 up to AA, and the checker's own good practice; nothing is left out.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def script() -> str:
    """The checker's source. Raises ValueError if it is not the file that was vendored."""
    about = tomllib.loads((VENDOR / "vendored.toml").read_text(encoding="utf-8"))["axe"]
    source = gzip.decompress((VENDOR / about["file"]).read_bytes())
    if hashlib.sha256(source).hexdigest() != about["sha256"]:
        raise ValueError(f"{about['file']} is not {about['package']} {about['version']}")
    return source.decode()
