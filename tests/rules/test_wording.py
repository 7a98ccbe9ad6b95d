"""Every reason has words in both languages, and none of them blames or diagnoses."""

import re
import tomllib
from functools import partial

import pytest
from pydantic import TypeAdapter

from app.instruments.vocabulary import CHECKIN_ITEMS, SIGNS
from app.languages import LANGUAGES
from app.rules.guidance import FILE as STEPS
from app.rules.guidance import Guidance, read_guidance
from app.rules.wording import FILE, Wording, action, read_wording, sentence, title, wording
from app.strict import Refused, read
from tests.broken import accepted
from tests.rules.story import (
    at,
    checkin,
    dose,
    drinks,
    lines,
    story,
    untaken,
    urine,
    used,
)

NEVER = re.compile(
    r"addict|\bclean\b|dirty|abuse|relapse|\bfail|missed|non-compliant|срыв|чист|наркоман|пропус",
    re.IGNORECASE,
)


def test_no_text_blames():
    words = wording()
    tables = (words.items, words.signs, words.groups, words.substances, words.reasons)
    found = [text for table in tables for text in table.values()]
    found += [text for rule in words.rules.values() for text in (rule.title, rule.action)]
    assert len(found) > 120
    for one in found:
        text = " ".join(one.all())
        if "Breathing can fail" not in text:
            assert not NEVER.search(text), text


def test_every_item_and_sign_of_a_check_in_has_a_name():
    assert set(SIGNS) == set(wording().signs)
    assert {one for one in CHECKIN_ITEMS if not one.endswith("_repeat")} <= set(wording().items)


@pytest.mark.parametrize(("file", "form"), [(FILE, Wording), (STEPS, Guidance)])
def test_whatever_breaks_at_whatever_place_is_refused_with_its_key(file, form):
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    free = ("items", "signs", "groups", "substances", "reasons")
    codes = {key for table in free for key in data.get(table, ())}
    passed = accepted(data, partial(read, TypeAdapter(form)), Refused)
    assert passed <= {f"no {code}" for code in codes}


@pytest.mark.parametrize(
    ("file", "reader", "old", "new", "said"),
    [
        (FILE, read_wording, "тошнота", "nausea", "items.nausea: 'ru' is not written as Русский"),
        (FILE, read_wording, "{count} ", "", "has different placeholders in its languages"),
        (FILE, read_wording, "[rules.WDL-T]", "[rules.WDL-X]", "rules: 'WDL-X' is not a known key"),
        (STEPS, read_guidance, "[WDL-1]", "[WDL-9]", "'WDL-9' is not a known key"),
        (
            STEPS,
            read_guidance,
            "en = [\n",
            'en = [\n"More.",\n',
            "the same steps in each of en, ru",
        ),
    ],
)
def test_the_line_says_where_and_what_would_be_right(file, reader, old, new, said):
    text = file.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ValueError, match=f"^{file.name}: .*{re.escape(said)}"):
        reader(text.replace(old, new, 1).encode())


ALL_RULES = [
    dose(0),
    dose(0, "20:00"),
    used(0, "opioid", "sedative", at=at(0, "08:00")),
    *(drinks(n, 130) for n in (-4, -3, -2, -1, 0)),
    drinks(1),
    checkin(
        1,
        "12:00",
        ("confusion", "no_fluids_12h"),
        sweating=4,
        nausea=4,
        tremor=4,
        anxiety=2,
        vomiting_24h=6,
        opioid_craving=90,
        systolic_bp=185,
        diastolic_bp=90,
        headache=4,
    ),
    checkin(1, "20:00", opioid_craving=90, systolic_bp=165, temperature=39, cough_sore_throat=3),
    *(untaken(n) for n in (2, 3, 4)),
    urine(9, "08:00"),
    {"kind": "screen", "at": at(5), "instrument": "x", "ratings": {"ideation": 4}},
    {
        "kind": "screen",
        "at": at(6),
        "instrument": "x",
        "ratings": {"self_harm_thoughts": 2, "suicidal_behavior": 1},
    },
    *(drinks(n) for n in range(20, 34)),
    drinks(34, 70),
    {"kind": "consent_withdrawn", "at": at(50), "scope": "all"},
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("baseline", [None, {"systolic_bp": 120, "diastolic_bp": 80}])
def test_what_is_found_can_be_said(language, baseline):
    found = lines(story(*ALL_RULES, baseline=baseline))
    assert len(found) > 12
    for line in found:
        assert title(line.finding.rule, language)
        assert action(line.finding.rule, language)
        for reason in line.finding.because:
            text = sentence(reason, language)
            assert text.endswith(".")
            assert "{" not in text


def test_numbers_and_times_are_written_as_the_reader_writes_them():
    day = [checkin(1, anxiety=2.5, sweating=2, tremor=2)]
    (line,) = lines(story(dose(0, mg=18.5), *day), "WDL")
    russian = [sentence(reason, "ru") for reason in line.finding.because]
    assert "Тревога: 2,5 из 4, исходно 0." in russian
    assert any("2 мар. 2026, 09:00 (18,5 мг)" in text for text in russian)
