"""Pages with invented data that show every part of the look, for the tests of the look."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from app.i18n import translator
from app.web.middleware import CSP
from app.web.pages import TEMPLATES_DIR, environment
from app.web.static import static_files

ORIGIN = "https://daybook.test"
SCALE = [(0, "None"), (1, "Mild"), (2, "Moderate"), (3, "Severe"), (4, "Very severe")]
SCALE_RU = [(0, "Нет"), (1, "Слабо"), (2, "Средне"), (3, "Сильно"), (4, "Очень сильно")]


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    kind: str
    number: str
    says: str
    today: bool = False


@dataclass(frozen=True, slots=True)
class Me:
    name: str = "Dr M. Orlova"
    role: str = "investigator"
    role_label: str = "Investigator"
    site_name: str = "Site 01, St Petersburg"


DAYS = [
    Day("Tue", "some", "3", "Tuesday: 3 drinks"),
    Day("Wed", "none", "", "Wednesday: no alcohol"),
    Day("Thu", "none", "", "Thursday: no alcohol"),
    Day("Fri", "blank", "", "Friday: not filled in"),
    Day("Sat", "some", "5", "Saturday: 5 drinks"),
    Day("Sun", "blank", "", "Sunday: not filled in"),
    Day("Mon", "", "23", "Monday: today", today=True),
]
TODAY = ("/today", "Today")
STAFF: dict[str, Any] = {
    "me": Me(),
    "open_flags": 4,
    "banner": None,
    "pages": [("flags", "bell", "Alerts"), ("sessions", "calendar", "My sessions")],
}
# name: (template, what it needs beyond the shared context)
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "today": ("today.html", {"nav": "today", "days": DAYS, "saved": "Saved."}),
    "calendar": ("calendar.html", {"nav": "calendar"}),
    "body": ("body.html", {"back": TODAY}),
    "body-answered": ("body.html", {"back": TODAY, "values": {"nausea": 1, "sweating": 2}}),
    "single": ("single.html", {"back": ("/today", "Previous"), "values": {"insomnia": 2}}),
    "drinks": ("drinks.html", {"back": TODAY, "values": {"beer": 2, "vodka": 3}}),
    "drinks-error": (
        "drinks.html",
        {"back": TODAY, "errors": {"none": "Add at least one drink, or choose “No alcohol”."}},
    ),
    "urges": ("urges.html", {"back": TODAY}),
    "urges-answered": ("urges.html", {"back": TODAY, "values": {"alcohol": 6}}),
    "prepare": ("prepare.html", {"nav": "worksheets", "errors": {"when": "Choose a date."}}),
    "lock": ("lock.html", {}),
    "join": ("join.html", {}),
    "flags": ("flags.html", {**STAFF, "nav": "flags", "detail": True}),
    "flags-list": (
        "flags.html",
        {**STAFF, "nav": "flags", "detail": False, "banner": "Mail is not going out."},
    ),
    "brief": ("brief.html", {**STAFF, "nav": "sessions"}),
}
UNANSWERED = ("today", "body", "drinks-error", "urges", "lock", "join", "flags")


def guide_environment() -> Environment:
    here = FileSystemLoader(Path(__file__).parent / "pages")
    return environment.overlay(loader=ChoiceLoader([here, FileSystemLoader(TEMPLATES_DIR)]))


def render(name: str, lang: str = "en", **more: Any) -> str:
    """One page of the guide as HTML; ``more`` overrides its context."""
    template, own = PAGES[name]
    tr = translator(lang)
    shared: Mapping[str, Any] = {
        "lang": lang,
        "_": tr,
        "ngettext": tr.n,
        "title": "Daybook, 23 November",
        "nav": None,
        "saved": None,
        "keeper": None,
        "errors": {},
        "values": {},
        "scale": SCALE_RU if lang == "ru" else SCALE,
    }
    return guide_environment().get_template(template).render({**shared, **own, **more})


def serve(page: Any, **more: Any) -> None:
    """Answer everything that ``page`` asks for from the guide, under the product's policy."""

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0].split("#")[0]
        if path.startswith("/static/"):
            file = static_files()[path.removeprefix("/static/")]
            route.fulfill(body=file.plain, content_type=file.media_type)
        elif route.request.method == "GET" and path.strip("/") in PAGES:
            headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store"}
            html = render(path.strip("/"), **more)
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
        else:
            route.fulfill(body="<!doctype html><title>Elsewhere</title>", content_type="text/html")

    page.route("**/*", answer)
