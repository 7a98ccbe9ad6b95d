"""The brief says a thing once: as the reason of a question, in short, or as what happened since."""

import re
from collections import Counter

import pytest

from app.brief.questions import Situation, questions
from app.brief.sentences import RULES, Sentence, holding, in_short, unsaid
from app.models.people import Participant
from tests.brief.fullest import fullest
from tests.brief.test_every_sentence import CASES
from tests.brief.test_pages import TODAY, write

ITEM = re.compile(r'<li[^>]*>(?:<b>.*?</b> <div class="sub">Because:)?([^<]+)', re.S)
EACH = re.compile(r"(?<=\.)\s")


@pytest.mark.parametrize("rule", CASES)
def test_no_rule_speaks_twice_and_none_is_lost(rule):
    record = CASES[rule][0]
    reasons = [one.because for one in questions(Situation(record))]
    short = in_short(holding(record), reasons)
    assert not {one.subject for one in reasons} & {one.subject for one in short}
    holds = {one.subject for each in RULES if (one := each(record))}
    assert holds <= {one.subject for one in (*reasons, *short)}


def test_one_subject_is_told_once_whatever_its_count():
    twice = [Sentence("Days: %(count)s.", {"count": count}) for count in (3, 4)]
    assert unsaid(twice) == (twice[0],)
    assert unsaid(twice, twice[1:]) == ()
    days = [Sentence("Tablets on hold from %(first)s.", {"first": day}) for day in (TODAY, None)]
    assert len(unsaid(days)) == 2


def test_the_fullest_brief_prints_no_sentence_twice(petrova, database, cast):
    with write(database, cast.anna) as diary:
        fullest(diary, cast.site, cast.petrova, TODAY)
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
    html = petrova.get(f"/participants/{public}/brief").text
    parts = {
        one: html.partition(f'id="{one}"')[2].partition("</section>")[0]
        for one in ("ask", "short", "since")
    }
    said = [
        sentence.strip()
        for part in parts.values()
        for item in ITEM.findall(part)
        for sentence in EACH.split(item.strip())
    ]
    assert len(said) > 8, parts
    assert [one for one, count in Counter(said).items() if count > 1] == []
