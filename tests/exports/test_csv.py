"""The CSV files of a site: coded, its own, and enough to find every endpoint again."""

import csv
import io
import json
import zipfile
from collections import defaultdict
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.audit import SYSTEM
from app.board import nightly
from app.board.queries import people
from app.demo.cohort import fill_demo
from app.diary.service import About, record_dose
from app.exports.sheets import SHEETS
from app.models.audit import AUDIT_ENTRY
from app.models.people import PARTICIPANT, STAFF
from app.protocol.loader import load_protocol
from tests.cast import NOW, staff_session
from tests.house.conftest import _sow_for
from tests.house.crawl import OWN
from tests.house.tables import CANARY

TRUE = {"true": True, "false": False}


def opened(body: bytes, encoding: str = "utf-8"):
    """Sheets by name as dictionaries, and the codebook."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        found = {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode(encoding), newline=""))
            )
            for name in archive.namelist()
            if name.endswith(".csv")
        }
        return found, json.loads(archive.read("datapackage.json"))


@pytest.fixture
def ivanova(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.ivanova, clock()))


def taken(browser, flavour="raw"):
    answer = browser.post("/exports/csv", {"flavour": flavour})
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


def test_a_site_takes_its_own_along_and_it_is_on_record(database, cast, ivanova):
    for who in (cast.anna, cast.vera):
        about = About(who, "Europe/Moscow", NOW.date(), SYSTEM, NOW)
        with database.write() as session:
            record_dose(session, about, taken=True)
    found, book = opened(taken(ivanova))
    assert [row["participant"] for row in found["participants"]] == ["DB-001", "DB-002"]
    assert [row["participant"] for row in found["doses"]] == ["DB-001"]
    assert TRUE[found["doses"][0]["taken"]] and found["doses"][0]["day"] == NOW.date().isoformat()
    counts = {one["name"]: one["rows"] for one in book["resources"]}
    assert counts == {name: len(rows) for name, rows in found.items()}
    with database.read() as session:
        made = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.action == "export.make")
        [entry] = session.execute(made).all()
    assert entry.changes == {"file": [None, "csv"], "flavour": [None, "raw"]}


def test_the_codebook_names_every_column_in_every_language(ivanova):
    found, book = opened(taken(ivanova))
    assert set(found) == {one.name for one in SHEETS} == {one["name"] for one in book["resources"]}
    for sheet, told in zip(SHEETS, book["resources"], strict=True):
        fields = told["schema"]["fields"]
        assert [one["name"] for one in fields] == [one.name for one in sheet.columns]
        assert set(told["schema"]["primaryKey"]) <= {one["name"] for one in fields}
        for one in (told, *fields):
            assert one["titles"]["ru"] != one["titles"]["en"] == one["title"]


def test_no_free_text_and_no_name_leaves(database, cast, ivanova):
    with database.write() as session:
        _sow_for(session, cast.anna, cast.site, cast.petrova, OWN)
    body = taken(ivanova)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        text = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert CANARY not in text
    assert "Petrova" not in text and "+7" not in text


def test_a_spreadsheet_has_its_mark_once_a_file(ivanova):
    with zipfile.ZipFile(io.BytesIO(taken(ivanova, "spreadsheet"))) as archive:
        for name in archive.namelist():
            marks = archive.read(name).count("\ufeff".encode())
            assert marks == (1 if name.endswith(".csv") else 0), name


def test_what_is_not_chosen_is_named(ivanova):
    answer = ivanova.post("/exports/csv", {})
    assert answer.status_code == 422 and "For what?" in answer.text


def test_the_endpoints_of_the_demo_are_found_again_in_the_files_alone(database, clock, browser):
    """Added up here from the CSV, in another way than the product's, to the last digit."""
    if database.settings.database_url:
        pytest.skip("the files do not depend on what is below them")
    fill_demo(database, NOW)
    plan, day = load_protocol(), NOW.date() - timedelta(days=1)
    with database.read() as session:
        site = session.execute(select(func.max(PARTICIPANT.c.site_id))).scalar()
        wanted = select(STAFF.c.id).where(STAFF.c.role == "investigator", STAFF.c.site_id == site)
        who = session.execute(wanted).scalar()
    investigator = browser.signed_in(staff_session(database, who, clock()))
    files, _ = opened(taken(investigator))
    picture = nightly.count(database, site, "Europe/Moscow", NOW).picture
    by_key = {one.key: one for one in picture.endpoints}
    assert len(list(people(database, site, plan, day, NOW, {}))) == picture.started
    means = _reckoned(files, plan, day)
    assert means["days_abstinent"] == pytest.approx(by_key["days_abstinent"].value, rel=1e-12)
    assert means["heavy_days"] == pytest.approx(by_key["heavy_days"].value, rel=1e-12)
    assert means["complete"] == pytest.approx(by_key["complete"].value, rel=1e-12)


def _reckoned(files, plan, last):
    begun: dict[str, date] = {}
    for row in files["doses"]:
        if TRUE[row["taken"]]:
            on = date.fromisoformat(row["day"])
            begun[row["participant"]] = min(on, begun.get(row["participant"], on))
    sex = {row["participant"]: row["sex"] for row in files["participants"]}
    ended = {
        row["participant"]: date.fromisoformat(row["ended_on"])
        for row in files["ends"]
        if row["scope"] == "all"
    }
    grams: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for row in files["drinking_days"]:
        grams[row["participant"]][date.fromisoformat(row["day"])] += float(row["grams"])
    dry, heavy, complete = [], [], []
    for who, first in begun.items():
        if first > last:
            continue
        until = min(last, first + timedelta(weeks=plan.weeks, days=-1), ended.get(who, last))
        until = max(until, first)
        line = plan.heavy_day.male if sex[who] == "male" else plan.heavy_day.female
        told = [g for day, g in grams[who].items() if first <= day <= until]
        days = (until - first).days + 1
        complete.append(len(told) / days)
        if told:
            dry.append(100 * sum(g == 0 for g in told) / len(told))
            heavy.append(100 * sum(g >= line for g in told) / len(told))
    return {
        "days_abstinent": sum(dry) / len(dry),
        "heavy_days": sum(heavy) / len(heavy),
        "complete": sum(complete) / len(complete),
    }
