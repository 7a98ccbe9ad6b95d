"""Templates and the pages made from them: nothing that the content policy would have to stop."""

import re
from html.parser import HTMLParser

import pytest
from jinja2 import DictLoader, StrictUndefined, UndefinedError

from app.web.pages import TEMPLATES_DIR, environment
from tests.house.crawl import names, routes
from tests.house.source import APP, modules
from tests.house.tables import CANARY

FILES = sorted(path for path in TEMPLATES_DIR.rglob("*") if path.is_file())
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
FORBIDDEN = {
    "an inline style": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "hx-on": r"\bhx-on\b|\bhx-on:",
    "a script address": r"\b(?:javascript|js|vbscript|data:text/html)\s*:",
    "a trigger filter": r"hx-trigger\s*=\s*(\"[^\"]*\[|'[^']*\[)",
    "an evaluated value": r"hx-(?:vals|headers|vars)\s*=\s*[\"']\s*js",
    "an inline script": r"<script(?![^>]*\ssrc=)[^>]*>",
    "a script with a body": r"<script[^>]*>\s*[^<\s]",
    "text that is trusted as markup": r"\|\s*safe\b|\{%-?\s*autoescape\b",
    "an address elsewhere": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
}

# Drawings: a library's, made of numbers alone; our own, which escapes every word it takes in.
TRUSTED = {
    "app.web.square": ["Markup(buffer.getvalue()"],
    "app.web.charts": ["Markup(drawn)"],
}


def faults(source: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, source, re.I)]


def test_there_are_templates_and_they_are_pages_or_mails():
    assert len(FILES) >= 15
    for path in FILES:
        mail = path.is_relative_to(TEMPLATES_DIR / "mail")
        assert path.suffix == ".html" or (mail and path.suffix == ".txt"), path.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TEMPLATES_DIR).as_posix())
def test_a_template_has_nothing_that_runs_or_styles_in_the_page(path):
    assert faults(path.read_text(encoding="utf-8")) == []


def test_no_browser_cuts_what_is_pasted_into_a_text():
    """A maxlength would, without a word; the server refuses with words and keeps the text."""
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    found = [area for text in texts for area in re.findall(r"<textarea[^>]*>|textarea\(.*", text)]
    assert len(found) > 5
    assert [area for area in found if "maxlength" in area] == []


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        '<a\n onclick="go()">',
        '<b hx-on:click="x">',
        '<a href="javascript:x">',
        "<b hx-vals='js:{a:1}'>",
        '<b hx-trigger="click[ctrlKey]">',
        "<script>go()</script>",
        '<script src="/a.js">go()</script>',
        "{{ words | safe }}",
        '<img src="//elsewhere.test/a.png">',
    ],
)
def test_the_search_finds_each_of_these(bad):
    assert faults(bad) != []


class _Page(HTMLParser):
    """Collects what a browser would run or style, and forms that send elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.in_script = False
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_script = tag == "script"
        for name, value in attrs:
            if name == "style" or name.startswith("on") or tag == "style":
                self.faults.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction"):
                self._address(tag, name, value or "")
            if name == "id":
                self.ids.append(value or "")

    def _address(self, tag: str, name: str, value: str) -> None:
        if not re.match(r"(/(?!/)|#|tel:|mailto:|\?|$)", value):
            self.faults.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script and data.strip():
            self.faults.append("a script with a body")


def test_no_title_says_more_than_the_name_and_a_day(app, people, sown):
    """The list of recent pages shows titles to whoever holds the phone."""
    for each in routes(app):
        for who, browser in names(people):
            found = re.search("<title>(.*?)</title>", each.send(browser).text)
            if found:
                assert re.fullmatch(r"(Error: )?Daybook(, \d+ \w+)?", found[1]), (each, who)


@pytest.mark.req("W1")
def test_no_rendered_page_has_anything_that_runs_or_styles(app, people, sown):
    pages = shown = 0
    for each in routes(app):
        for who, browser in names(people):
            if each.unsafe:
                continue
            answer = each.send(browser)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            page = _Page()
            page.feed(answer.text)
            pages += 1
            shown += CANARY in answer.text
            assert page.faults == [], (each, who)
            assert len(page.ids) == len(set(page.ids)), (each, who, "an id twice")
    assert pages >= 50
    assert shown >= 2, "somebody's hostile words were on these pages"


def test_values_are_escaped_in_pages_and_in_the_html_part_of_a_mail():
    found = environment.overlay(loader=DictLoader({"a.html": "{{ v }}", "mail/b.html": "{{ v }}"}))
    for name in ("a.html", "mail/b.html"):
        assert found.get_template(name).render(v="<b>&'\"") == "&lt;b&gt;&amp;&#39;&#34;"


def test_a_value_that_nobody_gave_is_an_error_and_never_a_blank():
    assert environment.undefined is StrictUndefined
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nobody_gave_this }}").render()


def test_every_template_compiles():
    for path in FILES:
        environment.get_template(path.relative_to(TEMPLATES_DIR).as_posix())


def test_no_second_template_environment_and_no_markup_from_a_string():
    """``Markup`` trusts what it is given: it is given constants alone."""
    for module in modules().values():
        source = (APP.parent / module.where).read_text(encoding="utf-8")
        assert "Jinja2Templates" not in source, module.where
        if module.name != "app.web.pages":
            assert "Environment(" not in source, module.where
        trusted = re.findall(r"\bMarkup\((?!\s*[\"')])[^)\n]*\)?", source)
        assert trusted == TRUSTED.get(module.name, []), module.where
        assert not re.search(r"\bMarkup\(f[\"']", source), module.where
        assert faults(_JINJA.sub("", source)) == [], module.where


_THEIR_CLOCK = re.compile(r"tr\.(?:time|moment)\([^()]*\b(?:who|one|flag|line)\.timezone\)")
_SAYS_SO = ("participant’s own clock", "participant’s time zone", "For the participant")


def test_staff_are_told_where_a_time_is_on_the_participants_clock():
    """Times for staff are the clinic's; another clock is named beside the time or on the page."""
    texts = {str(path): path.read_text(encoding="utf-8") for path in FILES}
    assert any(_THEIR_CLOCK.search(text) for text in texts.values())
    silent = [
        name
        for name, text in texts.items()
        if _THEIR_CLOCK.search(text) and not any(said in text for said in _SAYS_SO)
    ]
    assert silent == []


def test_no_sentence_names_a_zone_by_its_key():
    """«Berlin», not «Europe/Berlin»: a key stands only where it is typed."""
    key = re.compile(r"(?:zone|site)=\w+\.(?:site_)?timezone\b|(?:\(|· )\{\{ \w+\.timezone")
    assert [path.name for path in FILES if key.search(path.read_text(encoding="utf-8"))] == []
