"""What a staff member's form about one day says. Pure.

Each part (alcohol, other substances, tablet) is said or left blank by itself; what the
participant told themselves is not asked again and not taken here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.diary.drinks import last_moment, read_day_form
from app.diary.others import NOTE_LENGTH, moment_on
from app.i18n import N_, Translator
from app.instruments.vocabulary import DOSE_REASONS, SUBSTANCES
from app.timeline.events import Drink, Use

PROVENANCES = ("with_staff", "by_phone")
ALCOHOL, OTHERS, TABLET = "alcohol", "others", "tablet"
_PART = {ALCOHOL: ("none", "some"), OTHERS: ("none", "some"), TABLET: ("taken", "not_taken")}
_PLAIN = ("told", "go", *_PART, "note", "tablet_time", "reason")
HOW = N_("Choose how it was told.")
WHICH = N_("Choose one of the answers shown.")


@dataclass(frozen=True, slots=True)
class AlcoholTold:
    """No items: a day without alcohol."""

    items: tuple[Drink, ...]
    best_guess: bool
    last: datetime | None


@dataclass(frozen=True, slots=True)
class TabletTold:
    taken: bool
    at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class DayTold:
    """Parts that were not told are None; ``errors`` by field."""

    told: str = ""
    alcohol: AlcoholTold | None = None
    uses: tuple[Use, ...] | None = None
    tablet: TabletTold | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayAsked:
    """The day that the form is about, and the parts that it may fill in."""

    day: date
    zone: str
    now: datetime
    parts: frozenset[str]


def read_day_told(fields: Mapping[str, list[str]], asked: DayAsked, tr: Translator) -> DayTold:
    """Read the sent form; unknown and doubled fields are errors of the page as a whole."""
    errors: dict[str, str] = {}
    drinks = {name: sent for name, sent in fields.items() if _about_drinks(name)}
    plain = {name: (fields.get(name) or [""])[0].strip() for name in _PLAIN}
    if set(fields) - set(drinks) - set(_PLAIN) - {"substance"}:
        errors[""] = tr("This page has no such field.")
    if any(len(sent) > 1 for name, sent in fields.items() if name != "substance"):
        errors[""] = tr("This came twice. Please answer it once.")
    if plain["told"] not in PROVENANCES:
        errors["told"] = tr(HOW)
    for part, words in _PART.items():
        if plain[part] and (plain[part] not in words or part not in asked.parts):
            errors[part] = tr(WHICH)
    told = DayTold(
        plain["told"],
        _alcohol(plain[ALCOHOL], drinks, asked, tr, errors),
        _uses(plain, fields.get("substance", []), tr, errors),
        _tablet(plain, asked, tr, errors),
        errors,
    )
    if not errors and told.alcohol is None and told.uses is None and told.tablet is None:
        errors[""] = tr("Nothing was filled in.")
    return told


def readable_day(fields: Mapping[str, list[str]], asked: DayAsked, tr: Translator) -> DayTold:
    """What the form says, leaving out what is wrong: to be acted on, whatever else it says.

    Of two answers the graver one counts: what there was, and the tablet that was not taken.
    """
    named = {part: fields.get(part, []) for part in _PART}
    said = {part: [word for word in _PART[part][::-1] if word in named[part]] for part in _PART}
    codes = [code for code in SUBSTANCES if code in fields.get("substance", [])]
    drinks = {name: sent[:1] for name, sent in fields.items() if _about_drinks(name)}
    one = {name: [(fields.get(name) or [""])[0]] for name in ("tablet_time", "reason", "note")}
    if codes:
        said[OTHERS] = ["some"]
    if any(sent[0].strip() not in ("", "0") for sent in drinks.values()):
        said[ALCOHOL] = ["some"]
    chosen = {part: words[:1] for part, words in said.items() if words and part in asked.parts}
    told = read_day_told({**drinks, **one, **chosen, "substance": codes}, asked, tr)
    tablet, note = told.tablet, "note" not in told.errors
    if tablet:
        reason = tablet.reason if "reason" not in told.errors and not tablet.taken else None
        tablet = replace(tablet, at=tablet.at if tablet.taken else None, reason=reason)
    uses = told.uses if note or told.uses is None else tuple(Use(code) for code in codes)
    alcohol = told.alcohol if told.alcohol and told.alcohol.items else None
    return DayTold(told.told, alcohol, uses, tablet)


def _about_drinks(name: str) -> bool:
    return name.startswith(("n:", "other_")) or name in ("guess", "last")


def _alcohol(
    said: str,
    drinks: dict[str, list[str]],
    asked: DayAsked,
    tr: Translator,
    errors: dict[str, str],
) -> AlcoholTold | None:
    typed = any(sent[0].strip() not in ("", "0") for sent in drinks.values())
    if said not in _PART[ALCOHOL]:
        if typed:
            errors.setdefault(ALCOHOL, tr(WHICH))
        return None
    answer = read_day_form({**drinks, "none": ["1"]} if said == "none" else drinks, tr)
    last = None
    try:
        last = last_moment(asked.day, answer.last, asked.zone, asked.now)
    except ValueError as problem:
        errors["last"] = tr(str(problem))
    for name, text in answer.errors.items():
        errors.setdefault(ALCOHOL if name == "none" else name, text)
    return AlcoholTold(answer.items, answer.best_guess, last)


def _uses(
    plain: Mapping[str, str], codes: list[str], tr: Translator, errors: dict[str, str]
) -> tuple[Use, ...] | None:
    if set(codes) - set(SUBSTANCES) or len(set(codes)) != len(codes):
        errors["substance"] = tr(WHICH)
    if len(plain["note"]) > NOTE_LENGTH:
        errors["note"] = tr("Too long: at most %(limit)s characters.", limit=NOTE_LENGTH)
    said = plain[OTHERS]
    if (said == "some") != bool(codes) or (plain["note"] and not codes):
        errors.setdefault(OTHERS, tr("Mark what there was, or choose that there was nothing else."))
    if not said:
        return None
    note = plain["note"] or None
    return tuple(Use(code, note=note) for code in SUBSTANCES if code in codes)


def _tablet(
    plain: Mapping[str, str], asked: DayAsked, tr: Translator, errors: dict[str, str]
) -> TabletTold | None:
    said, reason, at = plain[TABLET], plain["reason"] or None, None
    if reason is not None and reason not in DOSE_REASONS:
        errors["reason"] = tr(WHICH)
    try:
        at = moment_on(asked.day, plain["tablet_time"], asked.zone, asked.now)
    except ValueError as problem:
        errors["tablet_time"] = tr(str(problem))
    if (at and said != "taken") or (reason and said != "not_taken"):
        errors.setdefault(TABLET, tr("Say whether the tablet was taken: the rest does not fit."))
    if said not in _PART[TABLET]:
        return None
    return TabletTold(said == "taken", at, reason)
