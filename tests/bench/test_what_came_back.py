"""A bench measures the page that it asked for: a refusal is cheap, and so is the way to a lock."""

import json
from datetime import timedelta

import pytest

from bench import __main__ as bench
from bench import counts
from bench.load import Answer
from bench.people import PEOPLE_FILE, made_at, make_people, people_in
from tests.apps import app_of


def test_a_redirect_elsewhere_is_not_the_answer():
    taken = Answer(303, "/today")
    taken.hold(303, "/today")
    for status, location in ((303, "/lock"), (303, ""), (200, "/today")):
        with pytest.raises(RuntimeError):
            taken.hold(status, location)


def test_counts_of_a_locked_phone_are_none(database):
    people = people_in(database, counts.PEOPLE, 1, counts.AT)
    long_after = counts.Hands(counts.AT + timedelta(minutes=4))
    with pytest.raises(RuntimeError, match="/today/urges answered 401"):
        counts.costs(app_of(database, long_after), database, people, long_after)


def test_a_load_on_locked_phones_ends_the_bench(tmp_path, monkeypatch):
    people = make_people(tmp_path, 3, 1)
    kept = json.loads((tmp_path / PEOPLE_FILE).read_text())
    moved = made_at(tmp_path) + timedelta(minutes=4)
    (tmp_path / PEOPLE_FILE).write_text(json.dumps(kept | {"at": moved.isoformat()}))
    monkeypatch.setattr(bench, "CLIENTS", 1)
    monkeypatch.setattr(bench, "WARM_UP", 1)
    with pytest.raises(RuntimeError, match="answered 401"):
        bench._checkins(bench.FRESH, tmp_path, people)
