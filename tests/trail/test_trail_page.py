"""The audit trail as each role reads it: filtered, in sentences, page by page, and as files."""

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import audit
from app.audit import Actor, Subject
from app.i18n import translator
from app.models.audit import AUDIT_ENTRY
from app.models.people import Staff
from app.outbox.heartbeat import note_trail
from app.trail import queries
from app.trail.kinds import KINDS, READS
from app.trail.words import ACTIONS
from tests.browser import words as in_words
from tests.cast import NOW, staff_session
from tests.house.conftest import _beside
from tests.house.tables import CANARY


def words(page):
    """Numbers and their units are held together on the page."""
    return in_words(page).replace("\xa0", " ")


READERS = ("investigator", "monitor", "data_manager", "admin")


@pytest.fixture
def staff(database, cast):
    """Everybody of the first site by role, with those whom the cast does without."""
    found = {"counselor": cast.petrova, "coordinator": cast.orlova}
    found |= {"investigator": cast.ivanova, "admin": cast.admin}
    return found | _beside(database, cast, NOW)


@pytest.fixture
def reader(browser, database, staff, clock):
    def signed_in(role):
        return browser.signed_in(staff_session(database, staff[role], clock()))

    return signed_in


def told(database, site, action="dose.change", who="participant:1", **more):
    """One entry in the trail of a site, as the services write it."""
    role = "participant" if who.startswith("participant") else "counselor"
    kind, number = more.pop("about", ("participant", 1))
    with database.write() as session:
        audit.record(
            session,
            Actor(who, role, "ab" * 8, site),
            action,
            Subject(kind, number),
            now=more.pop("now", NOW),
            **more,
        )


@pytest.mark.parametrize("role", READERS)
def test_whoever_may_read_the_trail_reads_who_did_what_and_nobody_else(
    reader, database, cast, staff, role
):
    changes = {"taken": [False, True]}
    told(database, cast.site, "dose.change", changes=changes, reason="correction")
    told(database, cast.other_site, "hold.set", about=("participant", cast.vera))
    page = reader(role).get("/audit")
    assert page.status_code == 200
    assert "Participant DB-001 changed what was told of the tablet." in page.text
    assert ("taken: no → yes" in words(page)) is (role != "admin")
    assert "set a hold" not in page.text, "another site's"
    for other in staff.keys() - set(READERS):
        assert reader(other).get("/audit").status_code == 403


@pytest.mark.parametrize("role", ["monitor", "data_manager"])
def test_who_has_the_trail_alone_lands_on_it(reader, role):
    answer = reader(role).get("/flags")
    assert answer.status_code == 303 and answer.headers["location"] == "/audit"


@pytest.mark.req("R6")
def test_an_entry_shows_both_clocks_and_says_so_where_they_differ(reader, database, cast):
    told(database, cast.site, client_at=NOW - timedelta(minutes=41))
    told(database, cast.site, client_at=NOW - timedelta(minutes=9))
    monitor = reader("monitor")
    page = words(monitor.get("/audit"))
    assert page.count("the device’s clock is off by -41 min") == 1 and "off by -9" not in page
    entry = words(monitor.get("/audit/1"))
    assert "2026-11-23 06:00:00Z" in entry and "2026-11-23 05:19:00Z" in entry
    assert "off by -41 min" in entry


def filtered(reader, **asked):
    page = reader.get("/audit", params=asked)
    assert page.status_code == 200, page.text
    return page.text.count('href="/audit/') - page.text.count('href="/audit/entries')


def test_each_filter_narrows_by_itself_and_all_of_them_together(reader, database, cast, staff):
    day = timedelta(days=1)
    told(database, cast.site, about=("participant", cast.anna))
    told(database, cast.site, about=("participant", cast.boris), now=NOW + day)
    told(database, cast.site, "site.numbers", "staff:5", about=("site", cast.site), now=NOW + day)
    told(database, cast.site, "brief.open", f"staff:{cast.petrova}", now=NOW + 2 * day)
    monitor = reader("monitor")
    assert filtered(monitor) == 4
    assert filtered(monitor, person="db-002") == 1
    assert filtered(monitor, person="DB-001") == 3, "what ANNA did, and what is about her"
    assert filtered(monitor, kind="site") == 1
    assert filtered(monitor, kind="reads") == 1
    assert filtered(monitor, actor="participants") == 2
    assert filtered(monitor, since="2026-11-24") == 3
    assert filtered(monitor, until="2026-11-23") == 1
    assert filtered(monitor, since="2026-11-24", until="2026-11-24", person="DB-002") == 1
    with database.read() as session:
        public_id = session.get_one(Staff, cast.petrova).public_id
    assert filtered(monitor, actor=public_id) == 1


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"person": "DB-999"}, "person"),
        ({"person": "\0" * 3}, "person"),
        ({"actor": "nobody"}, "actor"),
        ({"kind": "x" * 300}, "kind"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-02-30"}, "since"),
        ({"since": "9999-12-31"}, "since"),
        ({"until": "2026-11-01", "since": "2026-11-02"}, "until"),
    ],
)
def test_a_filter_that_cannot_be_is_named_with_what_was_typed(reader, asked, field):
    for path in ("/audit", "/audit/entries.csv", "/audit/entries.json"):
        page = reader("monitor").get(path, params=asked)
        assert page.status_code == 422 and f'id="e-{field}"' in page.text, path


@pytest.mark.parametrize("path", ["/audit/0", "/audit/99", f"/audit/{2**63}", "/audit/x"])
def test_an_entry_that_is_not_there_is_not_found(reader, path):
    assert reader("monitor").get(path).status_code == 404
    for cursor in ("x", "-1", "٣", "9" * 30):
        assert reader("monitor").get("/audit", params={"before": cursor}).status_code == 404


def test_a_long_trail_is_read_page_by_page_and_back_while_it_grows(
    reader, database, cast, monkeypatch
):
    monkeypatch.setattr(queries, "SIZE", 3)
    for _ in range(8):
        told(database, cast.site, about=("participant", cast.anna))
    monitor = reader("monitor")
    seen, path = [], "/audit?person=DB-001"
    while path:
        page = monitor.get(path).text
        seen.append(numbers(page))
        # It grows meanwhile, by what the filter leaves out, and nothing moves.
        told(database, cast.site, who="participant:2", about=("participant", cast.boris))
        path = beside(page, "before")
    assert seen == [[8, 7, 6], [5, 4, 3], [2, 1]]
    back = monitor.get(beside(page, "after")).text
    assert numbers(back) == [5, 4, 3]
    first = monitor.get(beside(back, "after")).text
    assert numbers(first) == [8, 7, 6] and beside(first, "after") is None


def numbers(page):
    found = page.split('href="/audit/')[1:]
    return [int(one.split('"')[0]) for one in found if one[0].isdigit()]


def beside(page, name):
    links = [one.split('"')[0] for one in page.split('href="')[1:]]
    wanted = [one.replace("&amp;", "&") for one in links if f"{name}=" in one]
    return wanted[0] if wanted else None


def test_what_is_exported_is_what_is_filtered_safe_for_a_spreadsheet_and_on_record(
    reader, database, cast, clock
):
    told(database, cast.site, "flag.resolve", "staff:1", changes={"note": [None, "=1+1"]})
    told(database, cast.site, "hold.set", "staff:4", reason='@SUM(A1)\n"quoted"')
    told(database, cast.site, "dose.change", about=("participant", cast.boris))
    monitor = reader("monitor")
    answer = monitor.get("/audit/entries.csv?person=DB-001")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == ('attachment; filename="audit-2026-11-23.csv"')
    head, *rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows] == ["1", "2", "3"], "the third by ANNA herself"
    assert rows[1][head.index("Reason")] == '\'@SUM(A1)\n"quoted"'
    assert not [one for row in rows for one in row if one.startswith(("=", "+", "-", "@"))]
    data = json.loads(monitor.get("/audit/entries.json?kind=participant").content)
    assert data["filter"] == {"kind": "participant"}
    assert [one["reason"] for one in data["entries"]][1] == '@SUM(A1)\n"quoted"'
    assert data["entries"][0]["changes"] == {"note": [None, "=1+1"]}
    with database.read() as session:
        exports = session.execute(
            select(AUDIT_ENTRY.c.changes)
            .where(AUDIT_ENTRY.c.action == "trail.export")
            .order_by(AUDIT_ENTRY.c.seq)
        ).scalars()
        found = [{name: new for name, (_, new) in one.items()} for one in exports]
    assert found == [
        {"person": "DB-001", "file": "csv", "entries": "3"},
        {"about": "participant", "file": "json", "entries": "3"},
    ]
    assert filtered(monitor, kind="trail") == 2


def test_too_much_for_one_file_is_said_and_never_cut_off(reader, database, cast, monkeypatch):
    monkeypatch.setattr("app.trail.routes.MOST_EXPORTED", 2)
    for _ in range(3):
        told(database, cast.site)
    page = reader("monitor").get("/audit/entries.csv")
    assert page.status_code == 422 and "narrow the days" in page.text


# What only some may read: (action, about, changes, reason).
SECRETS = [
    ("flag.resolve", "flag", {"note": [None, CANARY]}, ""),
    ("dose.change", "dose", {"note": [CANARY, None]}, ""),
    ("substances.add", "substances", {"items": [None, [{"substance": "other", "n": CANARY}]]}, ""),
    ("hold.set", "participant", {}, CANARY),
    ("participant.enrol", "participant", {"name": [None, CANARY]}, ""),
    ("new.action", "flag", {"new": [None, {"deep": [CANARY]}]}, ""),
]
NOBODYS = [
    ("marker.add", "marker_day", {"text": [None, CANARY]}, ""),
    ("new.action", "new_kind", {"text": [None, CANARY]}, ""),
]


@pytest.mark.req("Z4")
@pytest.mark.parametrize("role", READERS)
def test_no_role_reads_more_than_is_its_own_on_the_page_and_in_the_files(
    reader, database, cast, role
):
    """What was written by hand may name somebody: coded roles and the administrator read none."""
    for action, kind, changes, reason in [*SECRETS, *NOBODYS]:
        told(database, cast.site, action, about=(kind, 1), changes=changes, reason=reason)
    mine = reader(role)
    paths = ["/audit", "/audit/entries.csv", "/audit/entries.json"]
    shown = [mine.get(path).text for path in paths]
    entries = [mine.get(f"/audit/{seq + 1}").text for seq in range(len(SECRETS) + len(NOBODYS))]
    reads = role in ("investigator", "monitor")
    assert [CANARY in one for one in shown] == [reads] * 3
    assert [CANARY in one for one in entries] == [reads] * len(SECRETS) + [False] * len(NOBODYS)
    assert all("Name of" not in one and "+7 900" not in one for one in [*shown, *entries])


@pytest.mark.req("Z4")
def test_a_coded_role_reads_numbers_and_codes_and_an_administrator_no_clinical_value(
    reader, database, cast
):
    changes = {"rule": [None, "WDL-1"], "grams": [None, 61.25], "held": [None, "2026-11-23"]}
    told(database, cast.site, "flag.raise", about=("flag", 1), changes=changes)
    changes = {"active": [True, False]}
    told(database, cast.site, "staff.off", about=("staff", 2), changes=changes, reason="left us")
    coded, admin = (words(reader(role).get("/audit")) for role in ("data_manager", "admin"))
    for value in ("WDL-1", "61.25", "2026-11-23"):
        assert value in coded and value not in admin
    assert "Values are not shown to your role." in admin
    assert "switched on: yes → no" in admin and "left us" in admin


@pytest.mark.req("Z4")
def test_the_frame_of_a_message_is_for_those_who_may_know_it(reader, database, cast):
    changes = {"frame": [None, "gain"], "message_key": [None, "sleep"]}
    told(database, cast.site, "message.show", changes=changes)
    shown = {role: "gain" in words(reader(role).get("/audit")) for role in READERS}
    assert shown == {"investigator": True, "monitor": False, "data_manager": False, "admin": False}


REVIEW = {
    "from_day": "2026-11-01",
    "until_day": "2026-11-22",
    "scope": "changes after the day had closed",
    "finding": "none that was not explained",
}


def test_a_review_is_on_record_once_and_for_good(reader, database, cast):
    monitor = reader("monitor")
    assert "Nobody has put a review on record yet." in words(monitor.get("/audit"))
    for _ in range(2):
        answer = monitor.post("/audit/reviews", {**REVIEW, "idem": "r1"})
        assert answer.status_code == 303, answer.text
    page = words(reader("admin").get("/audit"))
    assert "Last reviewed on 23 Nov 2026" in page and "none that was not explained" in page
    with database.read() as session:
        found = session.execute(
            select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.action == "trail.review")
        ).all()
    assert len(found) == 1 and found[0].chain == cast.site
    kept = {name: new for name, (_, new) in found[0].changes.items()}
    assert {name: kept[name] for name in REVIEW} == REVIEW
    assert reader("admin").post("/audit/reviews", {**REVIEW, "idem": "r2"}).status_code == 403


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"from_day": ""}, "from_day"),
        ({"until_day": "2026-11-24"}, "until_day"),
        ({"from_day": "2026-11-22", "until_day": "2026-11-21"}, "until_day"),
        ({"scope": " "}, "scope"),
        ({"finding": "x" * 4001}, "finding"),
    ],
)
def test_a_review_with_a_mistake_is_the_page_again(reader, changed, field):
    page = reader("monitor").post("/audit/reviews", {**REVIEW, **changed, "idem": "r1"})
    assert page.status_code == 422 and f'id="e-{field}"' in page.text
    kept = {**REVIEW, **changed}["finding" if field == "scope" else "scope"]
    assert kept in page.text


def test_the_page_says_what_the_last_walk_found_and_when_it_is_old(reader, database, clock):
    admin = reader("admin")
    assert "not been walked through yet" in words(admin.get("/audit"))
    for whole, said in ((True, "Whole: every entry was there"), (False, "Broken: on 23 Nov")):
        with database.write() as session:
            note_trail(session, clock(), whole=whole)
        page = words(admin.get("/audit"))
        assert said in page and "more than a night ago" not in page
    with database.write() as session:
        note_trail(session, clock() - timedelta(hours=31), whole=True)
    assert "more than a night ago" in words(admin.get("/audit"))


def test_every_action_that_is_recorded_has_its_words_and_every_kind_its_word():
    """Over the code: the first words of each entry, and what it is about."""
    missing = {one for one in actions() if one not in ACTIONS}
    assert missing == set(), "give it words in app/trail/words.py"
    assert {one for one in kinds() if one not in KINDS} == set(), "enter it in app/trail/kinds.py"
    assert set(READS) <= ACTIONS.keys()


def actions():
    import ast
    import re

    from tests.house.source import calls, dotted, modules

    whole = re.compile(r"[a-z_]+\.[a-z_]+")
    first = {one.partition(".")[0] for one in ACTIONS}
    for module in modules().values():
        if "audit" not in {getattr(n, "id", "") for n in ast.walk(module.tree)}:
            continue
        for call in calls(module.tree):
            # A first word that no list knows yet is found where it is recorded.
            asked = call.args[2:3] if dotted(call.func) == "audit.record" else []
            yield from (one.value for one in asked if isinstance(one, ast.Constant))
        for node in ast.walk(module.tree):
            text = getattr(node, "value", None)
            if isinstance(node, ast.Constant) and isinstance(text, str) and whole.fullmatch(text):
                kind, _, verb = text.partition(".")
                if kind in first and verb not in ("id", "html", "site_id", "css", "js", "toml"):
                    yield text


def kinds():
    import ast

    from tests.house.source import calls, dotted, modules

    for module in modules().values():
        for call in calls(module.tree):
            named = dotted(call.func).rpartition(".")[2] == "Subject" and call.args
            if named and isinstance(call.args[0], ast.Constant):
                yield call.args[0].value


def test_the_demo_is_told_in_sentences_in_both_languages(demo_at_now, tmp_path):
    """No entry of half a year is left without its words or without whom it is about."""
    from app.trail.shown import Entry, Reader
    from app.visit.identity import StaffMe
    from tests.databases import demo_copy

    me = StaffMe(1, 1, "Site", "Europe/Moscow", "X", "monitor", "en", 1, "")
    with demo_copy(demo_at_now, tmp_path) as database, database.read() as session:
        names = {one.id: one.name for one in queries.colleagues(session, me)}
        from app.trail.asked import Asked

        found: list[Entry] = list(queries.every(session, me, Asked()))
    assert len(found) > 4000
    for language in ("en", "ru"):
        reader = Reader(me, translator(language), names)
        for entry in found:
            said = reader.shown(entry).sentence
            assert entry.action not in said and "#" not in said, said
            personal = KINDS[entry.subject_kind].table is not None
            assert not personal or (entry.code or "?") in said, (entry.action, said)
