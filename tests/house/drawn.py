"""The forms that pages show, filled in as somebody might: what is hostile takes a field's place."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"number": "1", "date": "2026-11-22", "time": "09:00", "email": "one@clinic.test"}
_ONE = {"radio", "submit", "button"}


@dataclass
class Drawn:
    """One form: where it goes, and a value for each of its fields."""

    action: str
    pairs: dict[str, str] = field(default_factory=dict)

    def with_value(self, name: str, value: str) -> dict[str, str]:
        return {**self.pairs, name: value}


class _Forms(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Drawn] = []
        self._form: Drawn | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        if tag == "form" and told.get("method", "").lower() == "post":
            self._form = Drawn(told.get("action", ""))
            self.forms.append(self._form)
        if self._form is None:
            return
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "select":
            self._select = name
            self._form.pairs.setdefault(name, "")
        elif tag == "option" and self._select and not self._form.pairs[self._select]:
            self._form.pairs[self._select] = value
        elif tag == "textarea" and name:
            self._form.pairs[name] = "TEXT"
        elif tag in ("input", "button") and name:
            kind = told.get("type", "text")
            typed = value or TYPED.get(kind, "" if kind == "hidden" else "TEXT")
            if kind in _ONE:
                self._form.pairs.setdefault(name, typed)
            else:
                self._form.pairs[name] = typed

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None


def forms(html: str) -> list[Drawn]:
    return _Forms(html).forms
