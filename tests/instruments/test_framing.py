"""The library of messages: enough of them, in both languages, refused where it breaks a rule."""

import pytest

from app.instruments.framing.library import FOLDER, LONGEST, load_library, parse_library
from app.instruments.reading import InstrumentError
from tests.broken import accepted_file

FILE = "messages.v3.toml"
TEXT = (FOLDER / FILE).read_text(encoding="utf-8")


def test_there_are_enough_messages_of_each_frame_and_nobody_has_approved_them_yet():
    library = load_library()
    frames = [message.frame for message in library.messages]
    assert frames.count("gain") >= 12 and frames.count("loss") >= 6
    assert not library.approved and library.version == 3


def test_a_loss_frame_speaks_of_noticing_alone_and_never_beside_a_serious_alert():
    for message in load_library().messages:
        assert message.frame == "gain" or message.topic == "notice"
        assert not message.while_serious or (message.frame, message.topic) == ("gain", "reach")


def test_every_message_is_a_line_of_its_own_in_both_languages():
    texts = [(m.text.en, m.text.ru) for m in load_library().messages]
    assert len({en for en, _ in texts}) == len({ru for _, ru in texts}) == len(texts)
    assert max(len(text) for pair in texts for text in pair) <= LONGEST


def test_some_message_fits_every_week_and_every_number_of_days():
    gain = [m for m in load_library().messages if m.frame == "gain"]
    for week in range(25):
        for told in range(8):
            fitting = [
                m
                for m in gain
                if m.weeks[0] <= week <= m.weeks[1] and m.told[0] <= told <= m.told[1]
            ]
            assert len(fitting) >= 7, (week, told)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('frame = "loss"', 'frame = "fear"', "'frame' must be one of gain, loss, and is 'fear'"),
        ('topic = "reach"', 'topic = "other"', "'topic' must be one of reach, notice, care"),
        ('topic = "care"', 'topic = "care"\nwhile_serious = true', "reaching the team"),
        ('frame = "gain"\ntopic = "care"', 'frame = "loss"\ntopic = "care"', "noticing"),
        ("weeks = { first = 0, last = 0 }", "weeks = { first = 2, last = 1 }", "in order"),
        ("weeks = { first = 1, last = 24 }", "weeks = { first = 1, last = 25 }", "0 to 24"),
        ("told = { first = 3, last = 7 }", "told = { first = 3, last = 8 }", "0 to 7"),
        ("told = { first = 3, last = 7 }", "told = { first = 3 }", "'last' is missing"),
        ('key = "care_plan"', 'key = "care_sleep"', "'messages' has 'care_sleep' twice"),
        ('key = "care_plan"', 'key = "care_plan"\nmood = 1', "'mood' is not a known key"),
        ('text.en = "A plan', 'text.en = "' + "A" * LONGEST + " plan", "at most 180"),
        ("weeks = { first = 0, last = 0 }", "weeks = [0, 0]", "'weeks' must be a table"),
        ("version = 3", "version = 4", "do not agree"),
    ],
)
def test_a_library_that_breaks_a_rule_is_refused_with_the_reason(old, new, reason):
    assert old in TEXT
    with pytest.raises(InstrumentError, match=reason):
        parse_library(TEXT.replace(old, new, 1).encode(), FILE)


def test_a_library_without_a_gain_frame_is_refused():
    head = TEXT[: TEXT.index("# Reaching the team")]
    with pytest.raises(InstrumentError, match="gain frame"):
        parse_library(head.encode(), FILE)


def test_whatever_breaks_at_whatever_place_is_refused_with_its_key():
    passed = accepted_file(FILE, TEXT, parse_library, InstrumentError)
    assert passed == {"no weeks", "no told", "no while_serious", "str approved_by"}
