"""A day's entries in plain words, for pages that show what stands. Pure."""

from datetime import date, timedelta

from app.diary.drinks import item_words
from app.diary.entries import DrinksEntry, OthersEntry
from app.i18n import Translator
from app.instruments.loader import load_instrument
from app.timeline.events import Use


def day_eyebrow(day: date, today: date, tr: Translator) -> str:
    """«Yesterday · Sunday, 22 November»."""
    near = near_word(day, today, tr)
    return f"{near} · {tr.day(day)}" if near else tr.day(day)


def near_word(day: date, today: date, tr: Translator) -> str:
    """«Yesterday»; nothing for days before that."""
    return {today: tr("Today"), today - timedelta(days=1): tr("Yesterday")}.get(day, "")


def drinks_lines(entry: DrinksEntry, tr: Translator) -> list[str]:
    """One line a drink; a day without is one line that says so."""
    return item_words(entry.items, tr) or [tr("No alcohol")]


def other_lines(entry: OthersEntry, tr: Translator, zone: str) -> list[str]:
    """One line a substance, with how and when where it was said."""
    instrument = load_instrument("substances")
    if not entry.items:
        return [instrument.texts["none"].say(tr.lang)]
    names = {one.code: one.label.say(tr.lang) for one in instrument.lists["substances"]}
    routes = {one.code: one.label.say(tr.lang) for one in instrument.lists["routes"]}

    def line(use: Use) -> str:
        parts = [names[use.substance], routes.get(use.route or "", "")]
        parts += [tr.time(use.at, zone) if use.at else "", use.note or ""]
        return " · ".join(part for part in parts if part)

    return [line(use) for use in entry.items]
