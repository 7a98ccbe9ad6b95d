"""The served files: small, plain enough for old phones, legible, and what they claim to be."""

import gzip
import hashlib
import json
import re
import struct
import tomllib

import brotli
import pytest
from look_guide import PAGES, STAFF, render

from app.web.pages import TEMPLATES_DIR
from app.web.static import STATIC_DIR

CSS = (STATIC_DIR / "app.css").read_text()
SCRIPT = (STATIC_DIR / "app.js").read_text()
TEMPLATES = sorted(TEMPLATES_DIR.rglob("*.html"))
# text on ground: ratio of at least 4.5; marks and borders of controls: at least 3
TEXT_PAIRS = [
    ("ink", "card"), ("ink", "bg"), ("ink", "sunk"), ("ink2", "card"), ("ink2", "bg"),
    ("ink2", "sunk"), ("acc-on", "acc"), ("acc-text", "card"), ("acc-text", "bg"),
    ("acc-text", "acc-soft"), ("card", "acc-text"), ("drink-on", "drink"),
    ("drink-text", "drink-soft"), ("crave-on", "crave"), ("crave-text", "crave-soft"),
    ("red-on", "red"), ("red-text", "red-soft"), ("red-text", "card"), ("red-text", "bg"),
    ("red-text", "acc-soft"), ("warn-text", "warn-soft"),
]  # fmt: skip
MARK_PAIRS = [
    ("edge", "card"), ("edge", "bg"), ("acc", "card"), ("drink", "card"), ("crave", "card"),
    ("red", "card"), ("focus", "card"), ("focus", "bg"),
]  # fmt: skip


def tokens(dark: bool) -> dict[str, str]:
    light, rest = CSS.split("@media screen and (prefers-color-scheme: dark)")
    block = rest.split("*, ::before")[0] if dark else light
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(c * 2 for c in color[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_guideline_defines_it():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_pair_of_colors_can_be_read(dark):
    color = tokens(dark)
    weak = [pair for pair in TEXT_PAIRS if contrast(color[pair[0]], color[pair[1]]) < 4.5]
    weak += [pair for pair in MARK_PAIRS if contrast(color[pair[0]], color[pair[1]]) < 3]
    assert weak == []


def test_both_schemes_name_the_same_colors():
    assert tokens(dark=True).keys() == tokens(dark=False).keys()


def test_the_sheet_is_small_and_fetches_nothing():
    assert len(gzip.compress(CSS.encode(), 9)) <= 6.5 * 1024
    assert not re.search(r"url\(|@import|@font-face", CSS)


@pytest.mark.parametrize("name", [name for name in PAGES if "me" not in PAGES[name][1]])
def test_the_first_visit_of_a_participants_page_fits_the_first_flight(name):
    sent = [render(name), CSS, SCRIPT]
    assert sum(len(brotli.compress(text.encode(), quality=5)) for text in sent) <= 14.6 * 1000


def test_the_sheet_uses_nothing_that_a_phone_of_2018_does_not_know():
    rules = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)
    for new in (":has(", ":is(", ":where(", "light-dark(", "color-mix(", "inset:", "@layer", "&"):
        assert new not in rules
    depth = deepest = 0
    for sign in rules:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    assert (depth, deepest) == (0, 2)


def test_color_of_the_dark_scheme_never_reaches_paper():
    assert "@media (prefers-color-scheme: dark)" not in CSS


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_an_exception_from_the_policy(path):
    source = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=|hx-on|javascript:|['\"]js:", source)
    for tag in re.findall(r"<script[^>]*>", source):
        assert "src=" in tag


def test_the_script_leaves_nothing_on_the_phone_and_builds_no_markup():
    for word in ("Storage", "indexedDB", "cookie", "innerHTML", "eval(", "console."):
        assert word not in SCRIPT


def test_files_of_others_are_what_they_were_when_they_came():
    folder = STATIC_DIR / "vendor"
    listed = tomllib.loads((folder / "vendored.toml").read_text())["file"]
    expected = {"vendored.toml", "fetch.sh"}
    for entry in listed:
        body = (folder / entry["name"]).read_bytes()
        assert hashlib.sha256(body).hexdigest() == entry["sha256"]
        assert (folder / entry["licence_file"]).stat().st_size > 300
        expected |= {entry["name"], entry["licence_file"]}
    assert {path.name for path in folder.iterdir()} == expected


def test_the_installed_app_has_a_neutral_name_and_icons_of_the_stated_size():
    manifest = json.loads((STATIC_DIR / "app.webmanifest").read_text())
    assert {manifest["name"], manifest["short_name"]} == {"Daybook"}
    assert "description" not in manifest
    for icon in manifest["icons"]:
        body = (STATIC_DIR / icon["src"].removeprefix("/static/")).read_bytes()
        width, height = struct.unpack(">II", body[16:24])
        assert icon["sizes"] == f"{width}x{height}"


def test_staff_pages_alone_load_htmx():
    assert "htmx.min.js" in render("flags")
    assert STAFF and all("htmx" not in render(name) for name in PAGES if "me" not in PAGES[name][1])
