"""A participant's weeks in a few words, as the JSON form that replay reads.

Days are counted from the first dose: day 0 is 2 March 2026, in Moscow unless said otherwise.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.protocol.loader import load_protocol
from app.rules.replay import Line, replay
from app.timeline.json_form import parse
from app.timeline.timeline import Timeline

START = date(2026, 3, 2)
MOSCOW = "Europe/Moscow"
PROTOCOL = load_protocol()
Event = dict[str, Any]


def day(n: int) -> str:
    return (START + timedelta(days=n)).isoformat()


def at(n: int, clock: str = "10:00", zone: str = MOSCOW) -> str:
    """A moment: `clock` (HH:MM or HH:MM:SS) of day `n` on the wall of `zone`."""
    naive = datetime.fromisoformat(f"{day(n)}T{clock}")
    return naive.replace(tzinfo=ZoneInfo(zone)).isoformat()


def later(moment: str, **span: float) -> str:
    return (datetime.fromisoformat(moment) + timedelta(**span)).isoformat()


def dose(n: int, clock: str | None = "09:00", **more: Any) -> Event:
    event = {"kind": "dose", "day": day(n), "taken": True, **more}
    return event if clock is None else {"at": at(n, clock), **event}


def untaken(n: int, **more: Any) -> Event:
    return {"kind": "dose", "day": day(n), "taken": False, **more}


def checkin(n: int, clock: str = "10:00", signs: tuple[str, ...] = (), **ratings: float) -> Event:
    return {
        "kind": "checkin",
        "at": at(n, clock),
        "instrument": "side_effects",
        "ratings": ratings,
        "signs": list(signs),
    }


def drinks(n: int, *grams: float, **more: Any) -> Event:
    """A day's alcohol, `grams` for each drink (a drink of 100% that weighs so much)."""
    items = [
        {"ml": one / 0.789, "abv": 100, "count": 1, "beverage": "vodka"} for one in grams if one
    ]
    return {"kind": "drinks", "day": day(n), "items": items, **more}


def used(n: int, *codes: str, at: str | None = None, **more: Any) -> Event:
    items = [{"substance": code, **({"at": at} if at else {})} for code in codes]
    return {"kind": "substances", "day": day(n), "items": items, **more}


def urine(n: int, clock: str = "11:00", result: str = "positive", **more: Any) -> Event:
    return {"kind": "urinalysis", "at": at(n, clock), "results": {"opioid": result}, **more}


def note(n: int, clock: str = "10:00") -> Event:
    return {"kind": "note", "at": at(n, clock), "text": "x"}


def resolved(family: str, moment: str) -> Event:
    return {"kind": "flag_resolved", "at": moment, "family": family}


def story(*events: Event, zone: str = MOSCOW, sex: str | None = "male", **top: Any) -> Timeline:
    """A timeline. Without `baseline` in `top` it is given and empty: every usual answer is 0."""
    baseline = top.pop("baseline", {})
    data = {
        "format": "daybook-timeline/1",
        "participant": {
            "code": "DB-014",
            "sex": sex,
            "timezone": zone,
            "first_dose_on": top.pop("first_dose_on", START.isoformat()),
        },
        "events": list(events),
        **top,
    }
    if baseline != "computed":
        data["baseline"] = baseline
    return parse(data)


def flagged(timeline: Timeline, family: str | None = None, until: str | None = None) -> list[str]:
    """The lines of a replay as "RULE severity", of one family where asked."""
    return [f"{x.finding.rule} {x.finding.severity.word}" for x in lines(timeline, family, until)]


def lines(timeline: Timeline, family: str | None = None, until: str | None = None) -> list[Line]:
    end = datetime.fromisoformat(until) if until else None
    found = replay(timeline, PROTOCOL, end)
    return [line for line in found if family in (None, line.finding.family)]


# Ready answers, each group by its own name: enough to count, and no more.
A, B, C, D = {"sweating": 2}, {"nausea": 2}, {"tremor": 2}, {"anxiety": 2}
F = {"opioid_craving": 50}
