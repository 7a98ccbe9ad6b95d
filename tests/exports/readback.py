"""A reader of the exported CSV that knows nothing of the product but its events."""

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime

from app.clock import DatedZone
from app.timeline import events as ev
from app.timeline.days import end_of_day
from app.timeline.known import Participant
from app.timeline.timeline import Timeline


def unzipped(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        assert pack.testzip() is None
        return {name: pack.read(name).decode() for name in pack.namelist()}


def rows(files: dict[str, str], table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"{table}.csv"], newline="")))


def described(files: dict[str, str]) -> dict[str, dict]:
    return {one["name"]: one for one in json.loads(files["datapackage.json"])["resources"]}


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _common(row):
    return {
        "id": row["id"],
        "received_at": moment(row["received_at"]),
        "replaces": row["replaces"] or None,
        "provenance": row["provenance"] or None,
    }


def _number(text: str) -> float | None:
    return float(text) if text else None


def timelines(files: dict[str, str]) -> dict[str, Timeline]:
    """By the code of each participant."""
    found: dict[str, list[ev.Event]] = {}
    people = {}
    for row in rows(files, "participants"):
        zone = DatedZone.load(">".join(filter(None, [row["former_zones"], row["timezone"]])))
        dose = date.fromisoformat(row["first_dose_on"]) if row["first_dose_on"] else None
        enrolled = date.fromisoformat(row["enrolled_on"])
        people[row["participant"]] = Participant(
            row["participant"], zone, row["sex"] or None, dose, enrolled
        )
        found[row["participant"]] = []
    drinks, uses = _items(files, "drinks"), _items(files, "uses")
    makers = {
        "doses": lambda r: ev.Dose(
            **_common(r),
            day=date.fromisoformat(r["day"]),
            taken=r["taken"] == "1",
            at=moment(r["at"]),
            mg=_number(r["mg"]),
            reason=r["reason"] or None,
            hold=r["hold"] == "1",
        ),
        "drink_days": lambda r: ev.Drinks(
            **_common(r),
            day=date.fromisoformat(r["day"]),
            items=tuple(
                ev.Drink(float(i["ml"]), float(i["abv"]), float(i["count"]), i["beverage"] or None)
                for i in drinks.get(r["id"], [])
            ),
            last_drink_at=moment(r["last_drink_at"]),
            amount=r["amount"] or None,
        ),
        "substance_days": lambda r: ev.Substances(
            **_common(r),
            day=date.fromisoformat(r["day"]),
            items=tuple(
                ev.Use(i["substance"], moment(i["at"]), i["route"] or None)
                for i in uses.get(r["id"], [])
            ),
        ),
        "checkins": lambda r: ev.Checkin(
            **_common(r), at=moment(r["at"]), instrument=r["instrument"], method=r["method"] or None
        ),
        "specimens": lambda r: ev.Urinalysis(
            **_common(r),
            at=moment(r["at"]),
            results={
                code: r[code]
                for code in list(r)[list(r).index("provenance") + 1 :]
                if r[code] in ("positive", "negative", "invalid")
            },
        ),
        "sessions": lambda r: ev.Session(
            **_common(r), at=moment(r["at"]), week=int(r["week"]), attended=r["attended"] == "1"
        ),
        "withdrawals": lambda r: ev.ConsentWithdrawn(
            **_common(r), at=moment(r["at"]), scope=r["scope"]
        ),
    }
    for table, make in makers.items():
        for row in rows(files, table):
            made = _void(table, row) if row["void"] == "1" else make(row)
            found[row["participant"]].append(made)
    zones = {code: person.timezone for code, person in people.items()}
    for row in rows(files, "specimens_due"):
        day = date.fromisoformat(row["day"])
        found[row["participant"]].append(
            ev.SpecimenDue(
                id=row["id"],
                received_at=end_of_day(day, zones[row["participant"]]),
                day=day,
                panel=row["panel"],
                reason=row["reason"] or None,
            )
        )
    return {code: Timeline.of(people[code], events) for code, events in found.items()}


def _items(files, table):
    by: dict[str, list[dict[str, str]]] = {}
    for row in rows(files, table):
        by.setdefault(row["entry"], []).append(row)
    return by


def _void(table, row):
    common = _common(row)
    if "day" in row:
        return ev.Void(**common, of=table, day=date.fromisoformat(row["day"]))
    return ev.Void(**common, of=table, at=moment(row["at"]))
