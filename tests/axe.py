"""The accessibility checker axe-core, packed in ``tests/vendor`` and known by its checksum."""

import gzip
import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).parent / "vendor"
# Everything of WCAG 2.2 up to AA, and the checker's own good practice; nothing is left out.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Every rule runs; but to describe, node by node, what is well would take most of the time.
RUN = """async (tags) => {
  const options = { runOnly: tags, resultTypes: ["violations"], selectors: false };
  const { violations, passes } = await axe.run(options);
  return [passes.length, violations.map((rule) => [rule.id, rule.nodes[0].html.slice(0, 160)])];
}"""


SCHEMES = ("light", "dark")


def schemes(place: int, whole: bool) -> tuple[str, ...]:
    """Light and dark by turns, page for page; both where the sweep is whole."""
    return SCHEMES if whole else SCHEMES[place % 2 : place % 2 + 1]


def findings(page: Any) -> tuple[int, list[tuple[str, str]]]:
    """How many rules a page holds, and (rule, element) for each that it breaks.

    ``script`` must have been evaluated on the page, a Playwright one.
    """
    passes, violations = page.evaluate(RUN, TAGS)
    return passes, [(rule, html) for rule, html in violations]


@cache
def script() -> str:
    """The checker's source. Raises ValueError if it is not the file that was vendored."""
    about = tomllib.loads((VENDOR / "vendored.toml").read_text(encoding="utf-8"))["axe"]
    source = gzip.decompress((VENDOR / about["file"]).read_bytes())
    if hashlib.sha256(source).hexdigest() != about["sha256"]:
        raise ValueError(f"{about['file']} is not {about['package']} {about['version']}")
    return source.decode()
