"""The endpoints of the trial's page are found again from the CSV alone, in another way."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.board import nightly
from app.demo.cohort import fill_demo
from app.models.people import PARTICIPANT
from app.protocol.loader import load_protocol
from tests.cast import NOW
from tests.exports.readback import rows, unzipped
from tests.exports.test_csv import exported


def test_the_endpoints_of_the_demo_are_found_again_in_the_files_alone(database):
    if database.settings.database_url:
        pytest.skip("the files do not depend on what is below them")
    fill_demo(database, NOW)
    plan, day = load_protocol(), NOW.date() - timedelta(days=1)
    with database.read() as session:
        site = session.execute(select(func.max(PARTICIPANT.c.site_id))).scalar()
    files = unzipped(exported(database, site))
    picture = nightly.count(database, site, "Europe/Moscow", NOW).picture
    by_key = {one.key: one.value for one in picture.endpoints}
    for key, mean in _reckoned(files, plan, day).items():
        assert mean == pytest.approx(by_key[key], rel=1e-12), key


def _reckoned(files, plan, last):
    begun: dict[str, date] = {}
    for row in rows(files, "doses"):
        if row["counts"] == row["taken"] == "1":
            on = date.fromisoformat(row["day"])
            begun[row["participant"]] = min(on, begun.get(row["participant"], on))
    sex = {row["participant"]: row["sex"] for row in rows(files, "participants")}
    ended = {
        row["participant"]: date.fromisoformat(row["on_day"])
        for row in rows(files, "endings")
        if row["scope"] == "all"
    }
    grams: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows(files, "drink_days"):
        if row["counts"] == "1":
            grams[row["participant"]][date.fromisoformat(row["day"])] += float(row["grams"])
    dry, heavy, complete = [], [], []
    for who, first in begun.items():
        if first > last:
            continue
        until = min(last, first + timedelta(weeks=plan.weeks, days=-1), ended.get(who, last))
        until = max(until, first)
        line = plan.heavy_day.male if sex[who] == "male" else plan.heavy_day.female
        told = [g for day, g in grams[who].items() if first <= day <= until]
        complete.append(len(told) / ((until - first).days + 1))
        if told:
            dry.append(100 * sum(g == 0 for g in told) / len(told))
            heavy.append(100 * sum(g >= line for g in told) / len(told))
    return {
        "days_abstinent": sum(dry) / len(dry),
        "heavy_days": sum(heavy) / len(heavy),
        "complete": sum(complete) / len(complete),
    }
