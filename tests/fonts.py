"""The letters that pages are drawn with in tests: two sets that the tests bring themselves.

The product uses the fonts of its reader. So its boxes are looked at under those of a phone and
under the widest that a desktop is likely to have, and never under what happens to be installed.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

NARROW, WIDE = "narrow", "wide"


@dataclass(frozen=True)
class Letters:
    """A family and the package that its files are in; never imported, only looked up."""

    family: str
    package: str

    @property
    def folder(self) -> Path:
        spec = find_spec(self.package)
        assert spec and spec.submodule_search_locations, f"{self.package} is not installed"
        return Path(spec.submodule_search_locations[0])


# For sans-serif and for serif: what Android has; what Debian and Ubuntu fall back to.
SETS = {
    NARROW: (Letters("Roboto", "fontpkg_roboto"), Letters("Noto Serif", "fontpkg_noto_serif")),
    WIDE: (
        Letters("DejaVu Sans", "rinoh_typeface_dejavusans"),
        Letters("DejaVu Serif", "rinoh_typeface_dejavuserif"),
    ),
}


def _config(name: str, cache: Path) -> str:
    sans, serif = SETS[name]
    generic = {"serif": serif, "sans-serif": sans, "system-ui": sans, "monospace": sans}
    folders = "".join(f"<dir>{escape(str(one.folder))}</dir>" for one in (sans, serif))
    aliases = "".join(
        f"<alias binding='same'><family>{asked}</family>"
        f"<prefer><family>{given.family}</family></prefer></alias>"
        for asked, given in generic.items()
    )
    # What is installed beside the plain and the bold cut only with packages of its own.
    rare = "".join(f"<glob>*{cut}*</glob>" for cut in ("Condensed", "ExtraLight", "Oblique"))
    return (
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        f"{folders}<cachedir>{escape(str(cache))}</cachedir>{aliases}"
        f"<selectfont><rejectfont>{rare}</rejectfont></selectfont></fontconfig>"
    )


@contextmanager
def environment(name: str) -> Iterator[dict[str, str | float | bool]]:
    """The variables of a browser that knows this set of fonts and no other.

    Neither the time zone nor the language of the machine reach it: a test that wants one says so.
    """
    with tempfile.TemporaryDirectory(prefix="fonts-") as folder:
        file = Path(folder) / "fonts.conf"
        file.write_text(_config(name, Path(folder) / "cache"), encoding="utf-8")
        own = {"FONTCONFIG_FILE": str(file), "TZ": "UTC", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        inherited = {k: v for k, v in os.environ.items() if k != "LANGUAGE"}
        yield {**inherited, **own}
