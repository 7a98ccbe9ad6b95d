"""The simulator: repeatable, ignorant of the rules, and true to what it planted."""

import ast
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import mean

import pytest

from app.clock import local_day
from app.demo.persona import PROFILES, Span, draw
from app.demo.simulator import RUN_IN_DAYS, Simulated, last_moment, simulate
from app.demo.stories import FALLING, LEAVES_LATER, RETURNING, SILENT, STORIES
from app.demo.told import (
    CheckinTold,
    ConsentTakenBack,
    DoseTold,
    DrinksTold,
    NoteTold,
    SessionHeld,
    SpecimenTested,
    SubstancesTold,
    Told,
)
from app.demo.words import FILE as WORDS
from app.instruments.loader import load_instrument
from app.instruments.vocabulary import ITEMS, SIGNS

APP = Path(__file__).resolve().parents[2] / "app"
START = date(2026, 5, 4)
LATER = datetime(2026, 12, 31, tzinfo=UTC)
BY_STAFF = (SessionHeld, SpecimenTested)


def told_by(number: int, until: datetime = LATER) -> Simulated:
    return simulate(draw(1, number), START, 24, until)


def whole(story: object) -> Simulated:
    return simulate(story.persona, START, 24, LATER)  # type: ignore[attr-defined]


def imports_of(path: Path) -> set[str]:
    """Every module of the app that a file names, imports inside functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in found if name.startswith("app.") and path_of(name)}


def path_of(module: str) -> Path | None:
    base = APP.parent.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    return None


def reached_from(module: str) -> set[str]:
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += imports_of(path_of(name) or APP)
    return seen


def test_simulator_reaches_neither_rules_nor_thresholds() -> None:
    reached = reached_from("app.demo.simulator")
    assert {"app.demo.body", "app.demo.persona", "app.instruments.loader"} <= reached
    assert not [n for n in reached if n.startswith(("app.rules", "app.flags", "app.protocol"))]


def test_stories_reach_neither_rules_nor_thresholds() -> None:
    reached = reached_from("app.demo.stories")
    assert not [n for n in reached if n.startswith(("app.rules", "app.flags", "app.protocol"))]


def test_walk_of_imports_finds_the_rules_where_they_are_used() -> None:
    assert "app.protocol.thresholds" in reached_from("app.rules.engine")


def test_one_seed_tells_one_story() -> None:
    assert told_by(7) == told_by(7)
    assert told_by(7).told != told_by(8).told
    assert draw(1, 7) != draw(2, 7)


@pytest.mark.parametrize("number", range(5))
def test_longer_story_begins_with_the_shorter_one(number: int) -> None:
    until = datetime(2026, 7, 15, 9, 30, tzinfo=UTC)
    short, long = told_by(number, until).told, told_by(number).told
    assert short
    assert short == tuple(one for one in long if last_moment(one) <= until)


@pytest.mark.parametrize("number", range(20))
def test_told_in_order_never_about_the_future_and_never_before_enrolment(number: int) -> None:
    person = told_by(number)
    moments = [one.at for one in person.told]
    assert moments == sorted(moments)
    for one in person.told:
        day = local_day(one.at, person.persona.zone)
        assert day >= person.enrolled_on
        about = getattr(one, "day", day)
        assert person.enrolled_on <= about <= day
        if isinstance(one, DoseTold) and one.taken_at:
            assert one.taken_at <= one.at


@pytest.mark.parametrize("number", range(20))
def test_run_in_has_check_ins_and_no_dose(number: int) -> None:
    person = told_by(number)
    doses = [one.day for one in person.told if isinstance(one, DoseTold)]
    run_in = [one for one in checkins(person, "side_effects") if one.at.date() < START]
    assert min(doses) >= person.first_dose_on == START
    assert len(run_in) >= 1


def test_every_story_has_a_run_in_that_can_carry_a_baseline() -> None:
    for story in STORIES:
        person = whole(story)
        days = {local_day(one.at, story.persona.zone) for one in checkins(person, "side_effects")}
        assert len([day for day in days if day < START]) >= RUN_IN_DAYS // 2, story.code


@pytest.mark.parametrize("number", range(12))
def test_answers_are_ones_that_the_forms_can_take(number: int) -> None:
    for checkin in checkins(told_by(number)):
        pages = {page.key: page for page in load_instrument(checkin.instrument).pages}
        assert [p.page for p in checkin.pages] == list(pages)[: len(checkin.pages)]
        assert bool(checkin.finished_at) == (len(checkin.pages) == len(pages))
        for page in checkin.pages:
            asked = {item.code for item in pages[page.page].items}
            assert {item for item, _ in page.ratings} <= asked
            assert all(ITEMS[item].holds(value) for item, value in page.ratings)
            assert set(page.signs) <= set(SIGNS)
            assert (page.method == "skipped") == (not page.ratings)
            if page.method == "page_none":
                assert not any(value for _, value in page.ratings)


def test_a_page_of_none_answers_all_that_the_button_answers() -> None:
    pages = {page.key: page for page in load_instrument("side_effects").pages}
    found = 0
    for checkin in checkins(told_by(3), "side_effects"):
        for page in checkin.pages:
            if page.method == "page_none":
                found += 1
                items = pages[page.page].items
                expected = {item.code for item in items if item.kind in ("scale", "count")}
                assert {item for item, _ in page.ratings} == expected
    assert found > 10


def test_six_of_the_eight_have_a_planted_reaction_of_different_shapes() -> None:
    planted = [story.persona.reaction for story in STORIES if story.persona.reaction]
    assert len(STORIES) == 8
    assert len(planted) == 6
    assert {one.severity for one in planted} == {"mild", "moderate", "severe"}
    assert any(one.builds >= 5 for one in planted) and any(one.builds == 0 for one in planted)
    assert all(one.starts >= 0 and one.starts + one.builds <= 14 for one in planted)


@pytest.mark.parametrize("story", [s for s in STORIES if s.persona.reaction], ids=lambda s: s.code)
def test_a_planted_reaction_is_felt_in_its_days_and_not_in_the_run_in(story: object) -> None:
    person = whole(story)
    reaction = person.persona.reaction
    assert reaction is not None
    leading = sorted(PROFILES[reaction.profile], key=PROFILES[reaction.profile].__getitem__)[-5:]
    high = [n for n in range(40) if reaction.height(n) > 0.6]
    days = {START + timedelta(days=n) for n in high}
    felt, before = [], []
    for checkin in checkins(person, "side_effects"):
        day = local_day(checkin.at, person.persona.zone)
        values = [checkin.ratings[item] for item in leading if item in checkin.ratings]
        if values and day in days:
            felt.append(mean(values))
        elif values and day < START:
            before.append(mean(values))
    assert mean(felt) > mean(before) + 0.8


def test_truth_names_first_and_last_day_of_the_reaction() -> None:
    for story in STORIES:
        planted = whole(story).planted
        assert len(planted) == (1 if story.persona.reaction else 0)
        for one in planted:
            assert START <= one.first <= one.last <= START + timedelta(days=28)


def test_drinking_falls_in_one_story_and_returns_in_another() -> None:
    early, late = Span(-7, -1), Span(140, 160)
    falling = whole(FALLING)
    assert litres(falling, late) < 0.5 * litres(falling, early)
    back = whole(RETURNING)
    dry, returned = litres(back, Span(50, 75)), litres(back, Span(88, 110))
    assert returned > 1.5 * dry


def test_the_silent_one_says_nothing_more() -> None:
    person = whole(SILENT)
    own = [one for one in person.told if not isinstance(one, BY_STAFF)]
    last = max(local_day(one.at, person.persona.zone) for one in own)
    assert last <= START + timedelta(days=SILENT.persona.silences[0].first)


def test_after_consent_is_taken_back_nothing_follows() -> None:
    leaving = [s for s in STORIES if s.persona.leaves]
    assert len(leaving) == 2
    for story in leaving:
        person = whole(story)
        assert isinstance(person.told[-1], ConsentTakenBack)
        assert sum(isinstance(one, ConsentTakenBack) for one in person.told) == 1
    reason = [one.reason for one in whole(LEAVES_LATER).told if isinstance(one, ConsentTakenBack)]
    assert reason != [""]


def test_opioid_is_told_once_and_shows_in_the_next_urine() -> None:
    person = whole(next(s for s in STORIES if s.persona.opioid_uses))
    told = [
        use.substance for one in person.told if isinstance(one, SubstancesTold) for use in one.items
    ]
    tests = [dict(one.results)["opioid"] for one in person.told if isinstance(one, SpecimenTested)]
    assert told.count("opioid") == 1
    assert tests.count("positive") >= 1


def test_entries_come_at_once_late_and_recalled_and_some_days_stay_blank() -> None:
    delays = set()
    blank = 0
    for number in range(10):
        person = told_by(number)
        told = {one.day: one for one in person.told if isinstance(one, DrinksTold)}
        for one in told.values():
            delays.add(min(2, (local_day(one.at, person.persona.zone) - one.day).days))
        blank += RUN_IN_DAYS + 24 * 7 - len(told)
    assert delays == {1, 2}
    assert blank > 20


def test_somebody_leaves_a_check_in_open_and_somebody_skips_an_item() -> None:
    found = [c for n in range(10) for c in checkins(told_by(n), "side_effects")]
    assert any(one.finished_at is None for one in found)
    asked = {i.code for p in load_instrument("side_effects").pages[:5] for i in p.items}
    assert any(one.finished_at and not asked <= set(one.ratings) for one in found)


def test_words_are_there_in_both_languages() -> None:
    moods = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    for mood, languages in moods.items():
        assert set(languages) == {"en", "ru"}, mood
        assert all("а" <= text.lower()[-4] <= "я" for text in languages["ru"]), mood
        assert all(text.isascii() for text in languages["en"]), mood
    assert any(isinstance(one, NoteTold) for one in told_by(1).told)


def checkins(person: Simulated, instrument: str = "") -> list[CheckinTold]:
    found = (one for one in person.told if isinstance(one, CheckinTold))
    return [one for one in found if instrument in ("", one.instrument)]


def litres(person: Simulated, span: Span) -> float:
    def about(one: Told) -> bool:
        return isinstance(one, DrinksTold) and (one.day - START).days in span

    days = [one for one in person.told if about(one) and isinstance(one, DrinksTold)]
    return mean(sum(drink.litres for drink in one.items) for one in days)
