"""From codes and figures to the words on the page, in the reader's language. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from babel.numbers import format_decimal

from app.brief.brief import Brief, Mean, SideEffects, Week
from app.brief.names import labels, levels, named, result_word, sheet_title
from app.brief.record import Record, Urine
from app.brief.sentences import (
    Item,
    Items,
    Level,
    Results,
    Sentence,
    Sheets,
    Value,
    Weekday,
)
from app.i18n import Translator

DASH = "–"
MOST_NAMED = 6  # of several items in a sentence; the day that it leads to has all
MOST_UNANSWERED = 3
# A Monday, to say the days of the week from.
_MONDAY = date(2024, 1, 1).toordinal()


def say(sentence: Sentence, tr: Translator) -> str:
    """A sentence of the brief with its values in words."""
    values = {name: _word(value, tr) for name, value in sentence.values.items()}
    return tr(sentence.text, **values)


def _word(value: Value, tr: Translator) -> str:
    if isinstance(value, Item):
        return labels(tr.lang)[value.code]
    if isinstance(value, Items):
        return _items(value, tr)
    if isinstance(value, Sheets):
        return "; ".join(sheet_title(key, tr.lang) for key in value.keys)
    if isinstance(value, Results):
        return _results(value, tr)
    if isinstance(value, Level):
        return levels(tr.lang)[value.value]
    if isinstance(value, Weekday):
        return tr.day_inline(date.fromordinal(_MONDAY + value.number), "EEEE")
    if isinstance(value, date):
        return tr.day_inline(value, "d MMM")
    return value if isinstance(value, str) else tr.number(value)


def _items(value: Items, tr: Translator, most: int = MOST_NAMED) -> str:
    said = "; ".join(named(code, tr) for code in value.codes[:most])
    more = len(value.codes) - most
    return said if more <= 0 else said + tr.n(" and %(num)s more", " and %(num)s more", more)


def _results(value: Results, tr: Translator) -> str:
    """What was found, under each result: most specimens are negative for all of it."""
    by_result: dict[str, list[str]] = {}
    for code, result in value.found:
        by_result.setdefault(result, []).append(named(code, tr).lower())
    order = ("positive", "invalid", "negative")
    return "; ".join(
        f"{result_word(result, tr)}: {', '.join(by_result[result])}"
        for result in sorted(by_result, key=order.index)
    )


@dataclass(frozen=True, slots=True)
class Kpi:
    """One of the six numbers: figures with the words beside them, and the lines below."""

    label: str
    figures: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def kpis(brief: Brief, tr: Translator) -> tuple[Kpi, ...]:
    """The six numbers of the last seven full days, each beside the seven before."""
    week, before, record = brief.week, brief.before, brief.record
    return (
        _days(tr("Days with alcohol"), week, before, tr),
        _drinks(week, before, record, tr),
        _heavy(week, before, record, tr),
        _urge(week, before, tr),
        _tablets(week, before, tr),
        _opioids(week, before, brief.last_urine, tr),
    )


def _of(value: str, told: int, tr: Translator) -> tuple[str, str]:
    if not told:
        return DASH, tr("nothing reported")
    return value, tr.n("of %(num)s reported", "of %(num)s reported", told)


def _before(value: str, told: int, tr: Translator) -> str:
    if not told:
        return tr("week before: nothing reported")
    return tr("week before: %(value)s of %(told)s", value=value, told=told)


def _days(label: str, week: Week, before: Week, tr: Translator) -> Kpi:
    now, then = week.drinking, before.drinking
    return Kpi(
        label,
        (_of(str(now.drinking_days), now.coverage.reported, tr),),
        (_before(str(then.drinking_days), then.coverage.reported, tr),),
    )


def _drinks(week: Week, before: Week, record: Record, tr: Translator) -> Kpi:
    now, then = week.drinking, before.drinking
    told, told_before = now.coverage.reported, then.coverage.reported
    words = tr.n("in %(num)s day", "in %(num)s days", told)
    figure = (tr.number(record.drinks(now.total_grams)), words)
    total = tr.number(record.drinks(then.total_grams))
    # No line break inside the pair: the column is narrow.
    note = tr(
        "week before: %(value)s\N{NO-BREAK SPACE}in\N{NO-BREAK SPACE}%(told)s",
        value=total,
        told=told_before,
    )
    return Kpi(
        tr("Standard drinks"),
        (figure if told else (DASH, tr("nothing reported")),),
        (note if told_before else tr("week before: nothing reported"),),
    )


def _heavy(week: Week, before: Week, record: Record, tr: Translator) -> Kpi:
    now, then = week.drinking, before.drinking
    line = tr.number(record.drinks(record.heavy))
    return Kpi(
        tr("Heavy days (%(line)s+)", line=line),
        (_of(str(now.heavy_days), now.coverage.reported, tr),),
        (_before(str(then.heavy_days), then.coverage.reported, tr),),
    )


def _urge(week: Week, before: Week, tr: Translator) -> Kpi:
    def shown(mean: Mean | None) -> str:
        return format_decimal(mean.value, "0.0", tr.lang) if mean else DASH

    def named(mean: Mean | None, name: str) -> tuple[str, str]:
        if mean is None:
            return DASH, name
        highest = tr.number(mean.highest)
        return shown(mean), tr(
            "%(name)s, up to\N{NO-BREAK SPACE}%(highest)s", name=name, highest=highest
        )

    def with_days(mean: Mean | None) -> str:
        if mean is None:
            return DASH
        text = tr("%(value)s in %(told)s", value=shown(mean), told=mean.days)
        return text.replace(" ", "\N{NO-BREAK SPACE}")

    pair = f"{with_days(before.alcohol_urge)}; {with_days(before.opioid_urge)}"
    return Kpi(
        tr("Urge, mean of 0–10"),
        (named(week.alcohol_urge, tr("alcohol")), named(week.opioid_urge, tr("opioids"))),
        (_answered(week, tr), tr("week before: %(pair)s", pair=pair)),
    )


def _answered(week: Week, tr: Translator) -> str:
    """On how many days each urge was told, once where they agree."""
    alcohol, opioids = (m.days if m else 0 for m in (week.alcohol_urge, week.opioid_urge))
    if alcohol == opioids:
        return tr.n("on %(num)s of 7 days", "on %(num)s of 7 days", alcohol)
    return tr("on %(first)s and %(second)s of 7 days", first=alcohol, second=opioids)


def _tablets(week: Week, before: Week, tr: Translator) -> Kpi:
    notes = [_before(str(before.tablets_taken), before.tablets_told, tr)]
    if week.tablets_not_taken:
        days = ", ".join(tr.day_inline(day, "EEE d") for day in week.tablets_not_taken)
        notes.append(tr("not taken: %(days)s", days=days))
    if week.tablets_held:
        notes.append(tr.n("on hold: %(num)s day", "on hold: %(num)s days", week.tablets_held))
    return Kpi(
        tr("Tablets taken"),
        (_of(str(week.tablets_taken), week.tablets_told, tr),),
        tuple(notes),
    )


def _opioids(week: Week, before: Week, urine: Urine | None, tr: Translator) -> Kpi:
    notes = [_before(str(before.opioid_days), before.opioids_told, tr)]
    if urine is None:
        notes.append(tr("no urine test in this time"))
    else:
        day, result = tr.day_inline(urine.day, "d MMM"), result_word(urine.opioid, tr)
        notes.append(tr("urine %(day)s: %(result)s", day=day, result=result))
    return Kpi(
        tr("Opioid use days"),
        (_of(str(week.opioid_days), week.opioids_told, tr),),
        tuple(notes),
    )


def unanswered(effects: SideEffects, tr: Translator) -> str:
    """The side effects without an answer, named as far as they fit; empty where there are none."""
    return _items(Items(effects.unanswered), tr, MOST_UNANSWERED)


def finding(brief: Brief, tr: Translator) -> str:
    """What the chart shows, for who does not see it."""
    record = brief.record
    told = [day for day in record.days if day.grams is not None]
    drank = [day for day in told if day.grams]
    asked = len(record.asked())
    parts = [tr("%(told)s of %(days)s days reported.", told=len(told), days=asked)]
    if drank:
        most = max(drank, key=attrgetter("grams"))
        parts.append(
            tr.n(
                "Alcohol on %(num)s of them, most on %(day)s: %(drinks)s standard drinks.",
                "Alcohol on %(num)s of them, most on %(day)s: %(drinks)s standard drinks.",
                len(drank),
                day=tr.day_inline(most.day, "d MMM"),
                drinks=tr.number(record.drinks(most.grams or 0)),
            ),
        )
    elif told:
        parts.append(tr("No alcohol on any of them."))
    parts += [say(sentence, tr) for sentence in brief.sentences[:2]]
    return " ".join(parts)


def change_reason(code: str, tr: Translator) -> str:
    """Why a participant changed a day that had closed."""
    known = {
        "remembered": tr("remembered more"),
        "slip": tr("tapped or typed the wrong thing"),
        "other": tr("another reason"),
    }
    return known.get(code, code)
