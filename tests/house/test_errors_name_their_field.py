"""Every error of every form says which field it is about, leads to it, and stands beside it."""

import re
from html.parser import HTMLParser
from itertools import product

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.i18n import translator
from app.web.summary import MARK, UNSEEN, with_labels
from tests.cast import NOW
from tests.house.crawl import ENDING, names, routes
from tests.house.phone import address
from tests.house.tables import tables

pytestmark = pytest.mark.sweep

LANGS = ("en", "ru")
WRONG = ("", "9" * 2100, "no such answer")
SAID = re.compile(r"<[^>]+>")
VOID = {"input", "br", "hr", "meta", "link", "img", "path", "circle", "line", "rect"}


def plain(text):
    return " ".join(text.split())


class Read(HTMLParser):
    """The forms of a page, what is read of each of its elements, and what names each of them."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text, self.names, self.forms, self.links = [], {}, {}, [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag in ("label", "legend", "h1", "a", "p", "small"):
            self.handle_data(" ")
        if tag not in VOID:
            self.open.append((tag, told, []))
        if tag == "form":
            self.forms.append((told.get("action"), []))
        if "form" in [kind for kind, _, _ in self.open] and told.get("name"):
            self.forms[-1][1].append((tag, told))
        if told.get("id", "").startswith("f-"):
            groups = [one for one in self.open if one[0] in ("fieldset", "label")]
            named = [told.get("aria-label"), told.get("aria-labelledby")]
            self.names.setdefault(told["id"], []).extend([*groups, *named])

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_data(self, data):
        kinds = [kind for kind, _, _ in self.open]
        if not {"textarea", "select", "svg"} & set(kinds):
            for _, _, text in self.open:
                text.append(data)

    def handle_endtag(self, tag):
        while self.open and tag in [kind for kind, _, _ in self.open]:
            kind, told, text = self.open.pop()
            said = plain("".join(text))
            if kind == "legend" and self.open:
                group = next((one for one in reversed(self.open) if one[0] == "fieldset"), None)
                group[1].setdefault("legend", said)
            if kind == "label" and told.get("for"):
                self.names.setdefault(told["for"], []).append(said)
            if kind == "button" and told.get("id"):
                self.names[told["id"]].append(said)
            if told.get("id"):
                self.text[told["id"]] = said
            if kind == "a":
                self.links.append((told.get("href", ""), said))
            if kind == tag:
                return

    def names_of(self, key):
        for one in self.names[key]:
            if isinstance(one, tuple):
                yield one[1].get("legend", plain("".join(one[2])))
            elif one:
                yield self.text.get(one, one)


def summary(html):
    found = re.search(r'<div class="err".*?</div>', html, re.DOTALL)
    return re.findall(r"<li>(.*?)</li>", found[0], re.DOTALL) if found else None


def faults(html, tr, offered):
    """What a reader of the summary would have to guess."""
    page, found = Read(html), []
    for item in summary(html):
        link = re.fullmatch(r'<a href="#(f-[^"]*)">(.*)</a>', item, re.DOTALL)
        if link is None:
            unseen = SAID.sub("", item).startswith(tr(UNSEEN))
            generic = {tr("Please answer this."), tr("Choose one of the answers shown.")}
            if item in generic or (offered and unseen):
                found.append(item)
            continue
        key = link[1]
        said = next(text for href, text in page.links if href == f"#{key}")
        named = [name for name in page.names_of(key)] if key in page.names else []
        begins = next((n for n in named if n and said.startswith(n)), None)
        beside = page.text.get(f"e-{key[2:]}", "")
        if begins is None:
            found.append(f"{said} | no label of {key}: {named}")
        elif not beside or not said.endswith(beside.split(": ", 1)[1]):
            found.append(f"{said} | beside {key} stands {beside!r}")
    return found


def set_language(database, lang):
    with database.write() as session:
        for table in tables():
            if table.name in ("participant", "staff"):
                session.execute(table.update().values(language=lang))
        audit.record(session, SYSTEM, "test.language", Subject("site", 1), now=NOW)


def may(audience, who):
    return who in (audience.kind, *audience.roles) or (
        audience.kind == "public" and who == "nobody"
    )


def shape(path):
    """Of rows alike one is enough."""
    return re.sub(r"[a-z0-9]{16}", "#", path)


def forms_of(app, people, ids):
    """Every form that a page shows: by whom it is sent where, and its fields."""
    forms = {}
    for who, browser in names(people):
        for each in routes(app):
            if each.path in ENDING or each.unsafe or not may(each.audience, who):
                continue
            for path in {each.address(), address(each.path, ids)}:
                page = browser.get(path)
                assert page.status_code != 500, (who, path)
                for to, fields in Read(page.text).forms:
                    asked = sorted({told["name"] for _, told in fields})
                    forms[f"{shape(to)} {asked}"] = (who, to, fields)
    return forms


def filled(fields, value):
    """What a page keeps for itself stays; of buttons only answers are sent, as there is one tap."""
    return {
        told["name"]: told.get("value", "") if told.get("type") == "hidden" else value
        for tag, told in fields
        if tag != "button" or (value and told["name"] in ("answer", "came"))
    }


def asks(fields):
    """Whether anything of it is filled in by hand."""
    return any(tag != "button" and told.get("type") != "hidden" for tag, told in fields)


def sent(app, people, ids):
    """Each form filled in wrongly, one kind at a time; each address sent what no page sends.

    A participant's answers change what their team is asked, so they come last.
    """
    forms = [one for one in forms_of(app, people, ids).values() if one[1] not in ENDING]
    for value in WRONG:
        yield [
            (who, path, filled(fields, value), True)
            for who, path, fields in sorted(forms, key=lambda one: one[:2])
            if asks(fields) or (value and any(told["name"] == "came" for _, told in fields))
        ]
    yield [
        (who, each.address(), {"no such field": "1"}, False)
        for each in routes(app)
        for who in [one for one in sorted(people) if may(each.audience, one)][:1]
        if each.unsafe and each.path not in ENDING
    ]


def test_every_error_says_its_field_leads_to_it_and_stands_beside_it(app, people, sown, ids):
    met, found = set(), []
    wrong_ones = list(sent(app, people, ids))
    for batch, lang in product(wrong_ones, LANGS):
        set_language(sown, lang)
        people["nobody"]._client.headers["Accept-Language"] = lang
        for who, path, body, offered in batch:
            answer = people[who].post(path, body)
            assert answer.status_code < 500, (who, path)
            assert MARK not in answer.text
            if summary(answer.text) is not None:
                met.add((lang, shape(path)))
                faulty = faults(answer.text, translator(lang), offered)
                found += [(who, path, one) for one in faulty]
    assert sorted(set(found)) == []
    assert len(met) >= 70, sorted(met)


def test_where_two_forms_ask_alike_the_heading_says_which_is_meant():
    form = '<section><h2>{0}</h2><label for="f-{0}">Reason</label><input id="f-{0}"></section>'
    error = f'<a href="#f-Hold">{MARK}Please answer this.</a>'
    page = with_labels(error + form.format("Dose") + form.format("Hold"), translator("en"))
    assert page.startswith('<a href="#f-Hold">Reason (Hold): Please answer this.</a>')
