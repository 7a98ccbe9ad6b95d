"""S of a finding in words: what rose beside what is usual, and what was taken off. Pure.

A finding of an earlier edition of the rules has no S; it shows what it kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.i18n import Translator
from app.rules.wording import wording

ALCOHOL, CRAVING = "alcohol", "opioid_craving"
PRESSURE, GUT = ("systolic_bp", "diastolic_bp"), ("vomiting_24h", "diarrhea_24h")
# Reasons that the table says better, and those that say the same answer by answer.
IN_TABLE = ("rises", "craving_rose", "craving_rose_at")
IN_DETAIL = ("worse", "usual_from", "usual_given")


@dataclass(frozen=True, slots=True)
class ShownPoints:
    """One line of the sum: what was told, what is usual, and what that adds or takes away."""

    label: str
    value: str
    usual: str
    points: str


@dataclass(frozen=True, slots=True)
class ShownSum:
    """S with all that it is made of; ``items`` are the answers that stand in it."""

    total: str
    lines: list[ShownPoints]
    items: frozenset[str]
    risen: list[str]
    """«tremor 4», what rose most first"""


def shown_sum(facts: Mapping[str, Any], tr: Translator) -> ShownSum | None:
    """None for a finding that kept no S."""
    score = facts.get("score")
    if not score:
        return None
    rises, subtracted = score["rises"], score["subtracted"]
    items = {one["item"] for one in rises} | {one["what"] for one in subtracted}
    lines = [_risen(one, facts, tr) for one in rises]
    answers = {one["item"]: one for one in facts.get("answers", ())}
    if score["pressure"]:
        lines.append(_pressure(answers, score["pressure"], tr))
        items.update(PRESSURE)
    if score["gut"]:
        lines.append(_gut(answers, score["gut"], tr))
        items.update(GUT)
    lines += [_subtracted(one, tr) for one in subtracted]
    return ShownSum(
        total=tr.number(score["total"]),
        lines=lines,
        items=frozenset(items),
        risen=[_named(one, tr) for one in rises],
    )


def _item(code: str, tr: Translator) -> str:
    return wording().items[code].in_(tr.lang)


def _named(one: Mapping[str, Any], tr: Translator) -> str:
    item, value = _item(one["item"], tr), tr.number(one["value"])
    if one["item"] == CRAVING:
        return tr("%(item)s %(value)s of 100", item=item, value=value)
    return f"{item} {value}"


def _label(code: str, tr: Translator) -> str:
    text = _item(code, tr)
    return text[:1].upper() + text[1:]


def _risen(one: Mapping[str, Any], facts: Mapping[str, Any], tr: Translator) -> ShownPoints:
    label = _label(one["item"], tr)
    if one["item"] == CRAVING:
        label = tr("%(item)s, 0 to 100", item=label)
    told = datetime.fromisoformat(one["at"])
    if one["at"] != facts.get("happened_at"):
        when = f"{tr.day_inline(told.date())}, {told:%H:%M}"
        label = tr("%(item)s (told %(when)s)", item=label, when=when)
    return ShownPoints(label, tr.number(one["value"]), tr.number(one["usual"]), _plus(one, tr))


def _plus(one: Mapping[str, Any], tr: Translator) -> str:
    return f"+{tr.number(one['points'])}"


def _pressure(
    answers: Mapping[str, Mapping[str, Any]], points: float, tr: Translator
) -> ShownPoints:
    def both(key: str) -> str:
        found = [answers.get(item, {}).get(key) for item in PRESSURE]
        if all(value is None for value in found):
            return tr("none on record")
        return "/".join("–" if value is None else tr.number(value, 0) for value in found)

    label = _label("pressure_raised", tr)
    return ShownPoints(label, both("value"), both("baseline"), f"+{tr.number(points)}")


def _gut(answers: Mapping[str, Mapping[str, Any]], points: float, tr: Translator) -> ShownPoints:
    told = [item for item in GUT if answers.get(item, {}).get("value")]
    value = ", ".join(f"{_item(item, tr)} {tr.number(answers[item]['value'])}" for item in told)
    return ShownPoints(tr("Times in 24 hours"), value, "–", f"+{tr.number(points)}")


def _subtracted(one: Mapping[str, Any], tr: Translator) -> ShownPoints:
    points = f"−{tr.number(one['points'])}"
    if one["what"] != ALCOHOL:
        label = tr("%(item)s: another explanation", item=_label(one["what"], tr))
        return ShownPoints(label, tr.number(one["value"]), tr.number(one["usual"]), points)
    day = tr.day_inline(date.fromisoformat(one["day"]), "d MMM")
    label = tr("Alcohol on %(day)s: another explanation", day=day)
    grams, line = (f"{tr.number(one[key], 0)} {tr('g')}" for key in ("value", "usual"))
    return ShownPoints(label, grams, tr("line: %(amount)s", amount=line), points)
