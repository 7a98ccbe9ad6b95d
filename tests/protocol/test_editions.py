"""The first edition stays as it was, and a text of either edition is read for what it is."""

import hashlib
import re

import pytest

from app.protocol.loader import BUNDLED, FIRST, first_edition, load_protocol, parse_protocol
from app.protocol.model import ProtocolError
from app.thresholds.versions import rewritten

# Flags name this version: what judged them does not change.
FIRST_SHA = "f4c2bdce1a2cc30186497e3165766ae69b894b4257246a9c9ab56f351abd5fb8"


def test_the_protocol_of_the_first_edition_is_never_changed():
    assert hashlib.sha256(FIRST.read_bytes()).hexdigest() == FIRST_SHA


def test_a_text_of_the_first_edition_means_what_it_meant():
    rules = first_edition().rules
    assert (rules.terms.presumed_days, rules.wdl.score_urgent, rules.uds.at_tick) == (0, 0, 0)
    assert set(first_edition().thresholds) == set(load_protocol().thresholds)


def test_a_text_of_the_second_edition_names_every_number():
    text = BUNDLED.read_text(encoding="utf-8")
    without = re.sub(r"(?m)^score_urgent = .*\n", "", text, count=1)
    assert without != text
    with pytest.raises(ProtocolError, match="score_urgent"):
        parse_protocol(without)


def test_a_number_of_the_second_edition_can_be_put_into_a_text_of_the_first():
    text = FIRST.read_text(encoding="utf-8")
    new = parse_protocol(rewritten(text, {"wdl.score_urgent": 11.0}, "1.1", ""))
    assert (new.rules.wdl.score_urgent, new.rules.wdl.score_routine) == (11, 0)
    assert (
        new.thresholds["wdl.score_urgent"].name
        == load_protocol().thresholds["wdl.score_urgent"].name
    )
