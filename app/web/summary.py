"""The summary of errors above a form: every error under the label of its field, and a way to it.

The labels are read from the page as it was drawn. No form tells them a second time, so none can
forget one, and what the summary says is what stands at the field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser

from app.i18n import N_, Translator

# As the macro error_summary writes it; no text of anybody's holds a comment, as all are escaped.
_ENTRY = re.compile(r'<a href="#f-([^"]*)"><!--label-->(.*?)</a>', re.DOTALL)
MARK = "<!--label-->"
# Before an error whose field is not on the page: one that is hidden, or that no page of ours has.
UNSEEN = N_("Something that this page does not show")
_VOID = {"br", "hr", "img", "input", "link", "meta", "path", "circle", "rect", "line", "col"}
_CONTROLS = {"input", "select", "textarea", "button"}
_HEADINGS = {"h1", "h2", "h3", "summary"}
_UNSAID = {"textarea", "select", "script", "style", "svg"}


@dataclass(slots=True, eq=False)
class _Element:
    tag: str
    attrs: dict[str, str]
    parent: "_Element | None"
    text: list[str] = field(default_factory=list)

    def said(self) -> str:
        return " ".join("".join(self.text).split())

    def around(self) -> Iterator["_Element"]:
        """The element itself and all that it stands in, from the inside out."""
        found: _Element | None = self
        while found is not None:
            yield found
            found = found.parent

    def within(self, tag: str) -> "_Element | None":
        return next((one for one in self.around() if one.tag == tag), None)


class _Drawn(HTMLParser):
    """The elements of a page, in order, with the text in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[_Element] = []
        self._here: _Element | None = None
        # By field: its label; by group: its legend, and the names of all that it asks.
        self._labels: dict[str, _Element] = {}
        self._legends: dict[_Element | None, _Element] = {}
        self._asked: dict[_Element | None, set[str]] = {}
        self.feed(html)
        self.ids = {one.attrs["id"]: one for one in self.elements if "id" in one.attrs}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "small":
            self.handle_data(" ")  # it is drawn on a line of its own
        told = {name: value or "" for name, value in attrs}
        element = _Element(tag, told, self._here)
        self.elements.append(element)
        if tag == "label" and "for" in told:
            self._labels[told["for"]] = element
        elif tag == "legend":
            self._legends[self._here] = element
        elif tag in _CONTROLS:
            group = element.within("fieldset")
            self._asked.setdefault(group, set()).add(told.get("name", ""))
        if tag not in _VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An SVG shape: it holds nothing."""

    def handle_endtag(self, tag: str) -> None:
        closed = self._here.within(tag) if self._here else None
        if closed is not None:
            self._here = closed.parent

    def handle_data(self, data: str) -> None:
        around = list(self._here.around()) if self._here else []
        if not any(one.tag in _UNSAID for one in around):
            for one in around:
                one.text.append(data)

    def label_of(self, control: _Element) -> str:
        """What a reader takes for the name of ``control``: of a question, not of one answer."""
        group = control.within("fieldset")
        legend = self._legends[group].said() if group in self._legends else ""
        if control is group or (group and self._is_alone(control, group)):
            return legend
        label = self._labels.get(control.attrs["id"]) or control.within("label")
        if label is not None:
            return label.said()
        named = control.attrs.get("aria-labelledby", "").split()
        said = " ".join(self.ids[name].said() for name in named if name in self.ids)
        return said or control.attrs.get("aria-label", "") or legend or control.said()

    def _is_alone(self, control: _Element, group: _Element) -> bool:
        """The answers of one question: all that the group asks has one name."""
        choice = control.tag == "button" or control.attrs.get("type") in ("radio", "checkbox")
        return choice and self._asked[group] == {control.attrs.get("name")}

    def place_of(self, control: _Element) -> str:
        """The heading of what ``control`` stands in."""
        before = self.elements[: self.elements.index(control)]
        headings = [(one, set(one.around())) for one in before if one.tag in _HEADINGS]
        for around in control.around():
            for one, within in headings:
                if around in within:
                    return one.said()
        return ""

    def labels(self) -> list[str]:
        """Of every field once, however many answers it has."""
        found = {}
        for key, one in self.ids.items():
            if key.startswith("f-"):
                label = self.label_of(one)
                found[id(one.within("fieldset") or one), label] = label
        return list(found.values())


def with_labels(html: str, tr: Translator) -> str:
    """The page with the label of its field before each error of the summary."""
    if MARK not in html:
        return html
    drawn = _Drawn(html)
    labels = drawn.labels()

    def entry(found: re.Match[str]) -> str:
        name, sentence = unescape(found[1]), found[2]
        control = drawn.ids.get(f"f-{name}")
        label = drawn.label_of(control) if control else ""
        if control is None or not label:
            return f"{escape(tr(UNSEEN))}: {sentence}"
        # Where two forms of a page ask alike, the heading says of which one the error is.
        place = drawn.place_of(control) if labels.count(label) > 1 else ""
        if place and place != label:
            label = f"{label} ({place})"
        colon = "" if label[-1] in ".:?!…" else ":"
        return f'<a href="#f-{found[1]}">{escape(label)}{colon} {sentence}</a>'

    return _ENTRY.sub(entry, html)
