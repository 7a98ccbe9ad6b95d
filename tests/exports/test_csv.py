"""What is exported as CSV is read back by a program that knows the codebook alone."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import audit
from app.audit import SYSTEM, Subject
from app.board.person import person
from app.exports.about import About, Written
from app.exports.kinds import KINDS
from app.exports.record import Record
from app.i18n import translator
from app.measures import drinking, retention, weeks
from app.models.adverse import AdverseEvent, AdverseVersion
from app.models.diary import SUBSTANCE_DAY
from app.models.people import PARTICIPANT
from app.protocol.loader import load_protocol
from app.settings import Settings
from app.start import prepare
from app.timeline.tables import read_timeline
from bench.crowd.bulk import fill_bulk
from tests.cast import NOW
from tests.databases import quick_folder
from tests.exports.readback import described, rows, timelines, unzipped
from tests.house.conftest import _sow_for
from tests.house.crawl import OWN
from tests.house.tables import CANARY

PLAN = load_protocol()


@pytest.fixture(scope="module")
def crowd():
    """Nine people of twelve weeks, as the simulator lets them live: some move, some leave."""
    with tempfile.TemporaryDirectory(prefix="daybook-", dir=quick_folder()) as folder:
        made = prepare(Settings(data_dir=Path(folder), base_url="https://daybook.test"))
        fill_bulk(made, 9, 12, 1, NOW, flags=False)
        yield made
        made.close()


def exported(database, site, form="csv", lang="en", by=NOW):
    record, written = Record(database, site, by), Written()
    about = About("St Petersburg", PLAN.version, by, translator(lang))
    return b"".join(KINDS[form].write(record, about, written))


def measured(known, until):
    """Every measure that a record of drinks, uses, specimens, doses and sessions has."""
    day = until.date()
    begun = known.doses[0].day if known.doses else None
    found = {
        "drinking": drinking.counted(known, day - timedelta(days=84), day, 60.0),
        "last": (retention.last_specimen_day(known), retention.last_dose_day(known)),
        "visit": retention.last_visit_day(known),
        "specimens": weeks.specimens(known),
        "told": weeks.told(known),
        "person": person(0, known, PLAN, day),
        "stay": retention.stay(known, begun, day) if begun else None,
    }
    return found


def test_measures_of_what_was_read_back_are_those_of_the_record(crowd):
    files = unzipped(exported(crowd, 1))
    back = timelines(files)
    until = {row["participant"]: row["known_until"] for row in rows(files, "participants")}
    with crowd.read() as session:
        people = session.execute(select(PARTICIPANT.c.id, PARTICIPANT.c.code)).all()
        whole = {code: read_timeline(session, who, due=True) for who, code in people}
    assert len(people) == 9 and back.keys() == whole.keys()
    still = [code for code in back if until[code].startswith(NOW.date().isoformat())]
    # Of somebody who left, what came after is not here, and is looked for elsewhere.
    assert 3 <= len(still) < 9
    for code in still:
        ours, theirs = whole[code].known_at(NOW), back[code].known_at(NOW)
        assert measured(theirs, NOW) == measured(ours, NOW)
        assert len(theirs.checkins) == len(ours.checkins)


def test_the_codebook_says_what_every_cell_holds(crowd):
    """Types, codes and bounds of every value, keys that no two rows share, and how many there
    are."""
    files = unzipped(exported(crowd, 1, lang="ru"))
    kinds = {"integer": int, "number": float, "boolean": ("0", "1").index, "string": str}
    for name, one in described(files).items():
        found, seen = rows(files, name), set()
        assert len(found) == one["rows"]
        fields = {each["name"]: each for each in one["schema"]["fields"]}
        for row in found:
            assert list(row) == list(fields)
            for column, text in row.items():
                limits = fields[column].get("constraints", {})
                assert text or not limits.get("required"), (name, column)
                if text and "enum" in limits:
                    assert text in map(str, limits["enum"]), (name, column, text)
                if text and fields[column]["type"] in kinds:
                    value = kinds[fields[column]["type"]](text)
                    assert not limits.get("minimum", 0) > value if "minimum" in limits else True
            seen.add(tuple(row[key] for key in one["schema"]["primaryKey"]))
        assert len(seen) == len(found), name
    assert "тошнота" in files["codebook.csv"] and "male = мужской" in files["codebook.csv"]


def test_the_same_moment_makes_the_same_file(crowd):
    assert exported(crowd, 1) == exported(crowd, 1)
    early = NOW - timedelta(days=20)
    before, now = (unzipped(exported(crowd, 1, by=by)) for by in (early, NOW))
    first = [row["id"] for row in rows(before, "doses")]
    known = {row["id"]: row for row in rows(now, "doses")}
    assert 0 < len(first) < len(known) and set(first) <= known.keys()


def adverse(database, cast, code):
    with database.write() as session:
        event = AdverseEvent(
            participant_id=cast.anna, site_id=cast.site, number=1, made_at=NOW, made_by=cast.ivanova
        )
        session.add(event)
        session.flush()
        for n, dictionary_code in enumerate(("", code), 1):
            session.add(
                AdverseVersion(
                    event_id=event.id,
                    n=n,
                    at=NOW,
                    written_by=cast.ivanova,
                    verdict="event",
                    term="Vomiting in the bus",
                    code=dictionary_code,
                    narrative="taken in at night",
                    serious=["hospital"],
                    grade=3,
                )
            )
        audit.record(session, SYSTEM, "test.event", Subject("adverse_event", 1), now=NOW)


def test_a_formula_is_text_for_spreadsheets_and_untouched_for_programs(database, cast):
    adverse(database, cast, "=HYPERLINK(1)")
    raw, sheet = (unzipped(exported(database, cast.site, form)) for form in ("csv", "spreadsheet"))
    (plain,), (marked,) = (rows(files, "adverse_events") for files in (raw, sheet))
    assert (plain["code"], marked["code"]) == ("=HYPERLINK(1)", "'=HYPERLINK(1)")
    assert (plain["version"], plain["serious_hospital"], plain["grade"]) == ("2", "1", "3")
    bom = "\N{ZERO WIDTH NO-BREAK SPACE}"
    assert sheet["doses.csv"].startswith(bom) and not raw["doses.csv"].startswith(bom)
    everything = "".join([*raw.values(), *sheet.values()])
    assert "taken in at night" not in everything and "in the bus" not in everything


def test_no_note_of_a_use_is_in_any_form(crowd):
    with crowd.read() as session:
        used = [row.items for row in session.execute(select(SUBSTANCE_DAY.c["items"]))]
    assert any(used)
    for form in KINDS:
        for text in unzipped(exported(crowd, 1, form)).values():
            assert '"note"' not in text


def test_no_name_and_no_free_text_leaves_but_what_an_adverse_event_is_called(database, cast):
    with database.write() as session:
        _sow_for(session, cast.anna, cast.site, cast.petrova, OWN)
    for form in KINDS:
        files = unzipped(exported(database, cast.site, form))
        told = {name: text for name, text in files.items() if CANARY in text}
        assert set(told) <= {"adverse_events.csv"}
        for text in told.values():
            assert text.count(CANARY) == 1
        assert "Petrova" not in str(files) and "+7" not in str(files).replace("+07:00", "")
