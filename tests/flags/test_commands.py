"""The command line on stored data: replay of one person and of all, comparison, mail again."""

import json

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from app.__main__ import door
from app.models.outbox import Message
from app.models.people import PARTICIPANT, SITE
from app.protocol.loader import BUNDLED
from app.rules.diagram import page
from app.thresholds.versions import rewritten
from tests.flags.record import mails, second_day_cluster


@pytest.fixture
def run(database, monkeypatch):
    """A command, as if it were typed beside this database."""
    settings = database.settings
    monkeypatch.setenv("DAYBOOK_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DAYBOOK_KEY_FILE", str(settings.key_path))
    monkeypatch.setenv("DAYBOOK_DATABASE_URL", settings.database_url)
    return lambda *words: CliRunner().invoke(door, words)


@pytest.fixture
def told(database, cast, clock):
    second_day_cluster(database, cast.anna, clock())
    second_day_cluster(database, cast.boris, clock())


def until(clock):
    return ("--until", clock().isoformat())


def test_a_participant_is_replayed_by_code(run, told, clock):
    done = run("safety", "replay", "--participant", "DB-002", "--json", *until(clock))
    [line] = done.output.splitlines()
    assert (json.loads(line)["rule"], done.exit_code) == ("WDL-2", 0)


def test_the_cohort_is_replayed_with_codes_and_the_burden(run, told, clock):
    done = run("safety", "replay", "--cohort", *until(clock))
    heads = [line.split()[0] for line in done.output.splitlines() if "WDL-2" in line]
    assert heads == ["DB-001", "DB-002"]
    assert "participant-weeks" in done.output and "urgent     2" in done.output
    lines = run("safety", "replay", "--cohort", "--json", *until(clock)).output.splitlines()
    assert [json.loads(line)["participant"] for line in lines] == ["DB-001", "DB-002"]


@pytest.mark.parametrize("words", [(), ("x.json", "--cohort"), ("--participant", "DB-999")])
def test_a_replay_of_nothing_or_of_nobody_says_what_to_do(run, cast, words):
    done = run("safety", "replay", *words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output and done.output.strip()


def test_other_thresholds_are_compared_on_the_stored_data(run, told, clock, tmp_path):
    text = BUNDLED.read_text(encoding="utf-8")
    values = {
        "wdl.start_groups": 5,
        "wdl.start_sum": 90,
        "wdl.strong_sum": 90,
        "wdl.score_urgent": 90,
    }
    other = tmp_path / "other.toml"
    other.write_text(rewritten(text, values, "2", ""), encoding="utf-8")
    done = run("safety", "compare", "--protocol", str(other), *until(clock))
    assert done.exit_code == 0
    assert "Flags that appear: 2" in done.output and "Flags that vanish: 2" in done.output
    named = run("safety", "replay", "--participant", "DB-002", "--protocol", str(other), "--json")
    assert json.loads(named.output.splitlines()[0])["rule"] == "WDL-1"


def test_a_protocol_that_cannot_be_read_is_refused(run, cast, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("key = ", encoding="utf-8")
    assert run("safety", "compare", "--protocol", str(broken)).exit_code == 2


def test_refused_mail_is_sent_again(run, told, database):
    table = Message.__table__  # type: ignore[attr-defined]
    with database.write() as session:
        session.execute(update(table).values(status="failed"))
    done = run("outbox", "retry")
    assert f"{len(mails(database))} refused messages will be sent again." in done.output
    assert {mail.status for mail in mails(database)} == {"waiting"}


def test_the_page_of_the_documentation_is_printed(run):
    assert run("safety", "diagram").output == page()


def test_a_code_of_two_sites_is_exported_by_the_name_of_one(run, database, cast):
    """A site that has nobody of that code exports nobody."""
    with database.read() as session:
        names = dict(session.execute(select(PARTICIPANT.c.id, SITE.c.name).join(SITE)).all())
    done = run("export", "timeline", "DB-001", "--site", names[cast.anna])
    assert json.loads(done.output)["participant"]["code"] == "DB-001"
    refused = run("export", "timeline", "DB-001", "--site", "elsewhere")
    assert str(refused.exception) == "0 participants have the code DB-001 at elsewhere"
