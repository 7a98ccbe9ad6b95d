"""The page that a physician signs: sentences, what is changed, who approved, and no way round."""

import re
from urllib.parse import urlencode

import pytest

from app.models.trial import ProtocolVersion
from app.protocol.loader import BUNDLED, load_protocol, parse_stored
from app.rules.replay import replay
from app.thresholds.versions import LARGEST, rewritten
from tests.browser import hidden, words
from tests.cast import PASSWORD, staff_session
from tests.flags.record import CLUSTER, check_in, rows, take_dose
from tests.rules.story import checkin, dose, drinks, story, untaken, urine, used

NAMES = list(load_protocol().thresholds)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WORDS = {"version": "2", "approved_by": "Dr Anna Serova", "reason": "Read with the team."}
SIGNED = {**WORDS, "present": PASSWORD}


@pytest.fixture
def ivanova(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.ivanova, clock()))


def post_compared(browser, form):
    """As a person does: look at what the numbers would have flagged, then put them in force."""
    seen = browser.post("/thresholds", {**form, "view": "compare"})
    seal = hidden(seen, "compared") if 'name="compared"' in seen.text else ""
    return browser.post("/thresholds", {**form, "compared": seal})


def row(page: str, name: str) -> str:
    """The part of the page about one number."""
    start = page.rindex("<li", 0, page.index(f'id="t-{name}"'))
    return page[start : page.index("</li>", start)]


def label(page: str, name: str) -> str:
    found = re.search(rf'<label for="f-{re.escape(name)}">(.*?)</label>', page, re.DOTALL)
    assert found, name
    return found[1]


def opened(page: str) -> list[str]:
    return re.findall(r'<details id="g-(\w+)" open>', page)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_number_stands_in_its_sentence_and_no_key_is_read(ivanova, lang):
    ivanova.post("/language", {"lang": lang})
    answer = ivanova.get("/thresholds", params={"view": "all"})
    read, cyrillic = words(answer), re.compile("[а-яё]", re.I)
    assert len(NAMES) > 80
    for name in NAMES:
        before, field, after = re.split(r"(<input[^>]*>)", label(answer.text, name))
        assert f'name="{name}"' in field and f'id="f-{name}"' in field
        assert before.strip() and after.strip(), name
        assert bool(cyrillic.search(before + after)) == (lang == "ru"), name
        assert name not in read and name.partition(".")[2] not in re.findall(r"\w+_\w+", read)
    assert opened(answer.text) == [f for f in re.findall(r'id="g-(\w+)"', answer.text)]


def test_families_are_folded_and_what_differs_is_open_and_marked(ivanova):
    assert opened(ivanova.get("/thresholds").text) == []
    page = ivanova.get("/thresholds", params={"bp.systolic_routine": "140"}).text
    assert opened(page) == ["bp"]
    changed = row(page, "bp.systolic_routine")
    assert "Changed; in force: 160\u00a0mmHg" in changed and 'class="say new"' in changed
    assert 'class="say new"' not in row(page, "bp.diastolic_routine")
    assert "160 in force, changed to 140" in page and "Changed numbers: 1" in words(
        ivanova.get("/thresholds", params={"bp.systolic_routine": "140"})
    )
    form = {**SIGNED, "bp.systolic_routine": "140"}
    assert post_compared(ivanova, form).status_code == 303
    page = ivanova.get("/thresholds").text
    assert opened(page) == ["bp"]
    assert "default 160\u00a0mmHg" in row(page, "bp.systolic_routine")
    assert "default" not in row(page, "bp.diastolic_routine")


def test_a_version_is_approved_as_it_stands_and_the_page_says_by_whom_and_when(
    ivanova, database, clock
):
    page = words(ivanova.get("/thresholds"))
    assert page.index("Version 2.0 is not approved yet") < page.index("Words that the rules share")
    assert ivanova.post("/thresholds", {**SIGNED, "approved_by": ""}).status_code == 422
    assert rows(database, ProtocolVersion) == []
    assert ivanova.post("/thresholds", SIGNED).status_code == 303
    page = words(ivanova.get("/thresholds"))
    assert "Version 2 is approved" in page and "Approved by Dr Anna Serova." in page
    assert "Put in force on 23 Nov 2026 by Dr Elena Ivanova: Read with the team." in page
    assert "is not approved yet" not in page
    again = ivanova.post("/thresholds", {**SIGNED, "version": "3"})
    assert again.status_code == 422 and 'id="e-approved_by"' in again.text


def test_another_number_is_not_approved_by_who_approved_the_one_before(ivanova):
    ivanova.post("/thresholds", SIGNED)
    form = {**SIGNED, "version": "3", "approved_by": "", "reason": "Fewer calls."}
    form["bp.pair_hours"] = "48"
    assert post_compared(ivanova, form).status_code == 303
    page = words(ivanova.get("/thresholds"))
    assert "Version 3 is not approved yet" in page
    assert "not approved" in page and "Dr Anna Serova" in page, "both stand among the versions"


UNSEEN = [0, 1, 7, 8, 9, 11, 12, 13, 0x1B, 0x1F, 0x7F, 0x85, 0x9F, 0x2028, 0xD800, 0xE000]


@pytest.mark.parametrize("field", ["approved_by", "version"])
def test_an_unseen_sign_in_a_name_is_an_error_at_its_field(ivanova, database, field):
    more = [{}, {"view": "approve"}, *[{"bp.pair_hours": "48"}] * (len(UNSEEN) - 2)]
    for code, form in zip(UNSEEN, more, strict=True):
        typed = {**SIGNED, **form, field: f"A{chr(code)}B"}
        body = urlencode(typed, errors="surrogatepass").encode()
        answer = ivanova.post("/thresholds", content=body, headers=FORM)
        assert answer.status_code == 422, code
        assert f'id="e-{field}"' in answer.text, code
        assert "Read with the team." in answer.text
        assert form.get("bp.pair_hours", "72") in row(answer.text, "bp.pair_hours")
    assert rows(database, ProtocolVersion) == []


@pytest.mark.parametrize("name", ['Dr "X"', "Dr \\ X", "Dr \x01\x7f\t X", "Д-р Ё", "'''", "]\n[a]"])
def test_any_name_is_written_so_that_it_is_read_back(name):
    text = rewritten(BUNDLED.read_text(encoding="utf-8"), {}, "9", name)
    found = parse_stored(text)
    assert (found.version, found.approved_by) == ("9", name.strip())


def test_a_text_laid_out_in_another_way_is_rewritten_as_well():
    text = BUNDLED.read_text(encoding="utf-8")
    text = text.replace('version = "2.0"', "version='own'").replace('approved_by = ""', "")
    text = text.replace("[title]", 'approved_by="""Dr A"""\n[title]', 1).replace("72", "72.125")
    row = r"pair_hours = \{ value = 72\.125, (.*) \}"
    text = re.sub(row, r"pair_hours.value=72.125\npair_hours = { \1 }", text)
    text = re.sub(r"pair_hours\.value=(\S+)\npair_hours = \{ ", r"pair_hours = { value=\1, ", text)
    found = parse_stored(rewritten(text, {"bp.pair_hours": 0.1234567}, "9", "Dr B"))
    assert (found.version, found.approved_by) == ("9", "Dr B")
    assert found.rules.bp.pair_hours == 0.1234567
    assert found.rules.terms.exposed_hours == 72.125


@pytest.mark.parametrize("sent", ["", "  ", "many", "nan", "-1", "10001", "1e999"])
def test_a_number_that_is_none_is_an_error_at_its_field_and_the_rest_is_kept(
    ivanova, database, sent
):
    form = {**SIGNED, "bp.pair_hours": sent, "vom.routine_episodes": "4"}
    for answer in (
        ivanova.post("/thresholds", form),
        ivanova.post("/thresholds", {**form, "view": "compare"}),
        ivanova.get("/thresholds", params=form),
    ):
        assert answer.status_code == 422
        assert 'id="e-bp.pair_hours"' in answer.text and 'href="#f-bp.pair_hours"' in answer.text
        assert opened(answer.text) == ["bp", "vom"]
        assert 'value="4"' in row(answer.text, "vom.routine_episodes")
        assert "Read with the team." in answer.text and "Dr Anna Serova" in answer.text
    assert rows(database, ProtocolVersion) == []


def test_a_number_that_came_twice_is_not_dropped_in_silence(ivanova, database):
    answer = ivanova.post("/thresholds", {**SIGNED, "bp.pair_hours": ["48", "24"]})
    assert answer.status_code == 422 and 'id="e-bp.pair_hours"' in answer.text
    assert rows(database, ProtocolVersion) == []


def test_the_page_puts_in_force_only_what_it_has_compared(ivanova, database, cast, clock):
    at = clock.forward(hours=-20)
    take_dose(database, cast.anna, at.date(), at, at=at)
    check_in(database, cast.anna, clock.forward(hours=20), CLUSTER)
    first = ivanova.get("/thresholds")
    assert 'name="compared"' not in first.text and ">Put in force</button>" not in first.text
    seen = ivanova.get("/thresholds", params={"wdl.start_groups": "5"})
    assert "What these values would have flagged" in seen.text
    form = {**SIGNED, "based": hidden(seen, "based"), "compared": hidden(seen, "compared")}
    sums = dict.fromkeys(("wdl.start_sum", "wdl.strong_sum", "wdl.score_urgent"), "90")
    more = {**form, "wdl.start_groups": "5", **sums}
    answer = ivanova.post("/thresholds", more)
    assert answer.status_code == 422 and "were not compared yet" in answer.text
    assert "1 alert would vanish" in answer.text and "Dr Anna Serova" in answer.text
    assert rows(database, ProtocolVersion) == []
    more["compared"] = hidden(answer, "compared")
    assert ivanova.post("/thresholds", more).status_code == 303
    assert [one.version for one in rows(database, ProtocolVersion)] == ["2"]


def test_comparing_stores_nothing_and_keeps_the_words_out_of_the_address(ivanova, database):
    form = {**SIGNED, "wdl.start_groups": "5", "view": "compare"}
    answer = ivanova.post("/thresholds", form)
    assert answer.status_code == 200 and "Read with the team." in answer.text
    assert rows(database, ProtocolVersion) == []
    buttons = re.findall(r'<button[^>]*name="view"[^>]*>', answer.text)
    assert len(buttons) == 2 and "formmethod" not in answer.text + ivanova.get("/thresholds").text


@pytest.mark.parametrize("button", [{"view": "approve"}, {}])
@pytest.mark.parametrize("seal", [{}, {"compared": ""}, {"compared": "0" * 16}, "others"])
def test_numbers_that_were_not_compared_are_put_in_force_by_no_form(
    ivanova, database, button, seal
):
    if seal == "others":
        other = {**SIGNED, "bp.pair_hours": "47", "view": "compare"}
        seal = {"compared": hidden(ivanova.post("/thresholds", other), "compared")}
    form = {**SIGNED, "bp.pair_hours": "48"}
    answer = ivanova.post("/thresholds", {**form, **button, **seal})
    assert answer.status_code == 422 and "nothing was stored" in answer.text
    assert rows(database, ProtocolVersion) == []
    assert 'value="48"' in row(answer.text, "bp.pair_hours"), "and nothing is lost"
    assert all(text in answer.text for text in WORDS.values()) and PASSWORD not in answer.text
    form["compared"] = hidden(answer, "compared")
    assert ivanova.post("/thresholds", form).status_code == 303


def test_what_was_compared_with_one_version_is_not_put_on_top_of_another(ivanova, database):
    form = {**SIGNED, "bp.pair_hours": "48"}
    seen = ivanova.post("/thresholds", {**form, "view": "compare"})
    old = {**form, "version": "3", "compared": hidden(seen, "compared")}
    assert post_compared(ivanova, {**SIGNED, "vom.routine_episodes": "4"}).status_code == 303
    answer = ivanova.post("/thresholds", old)
    assert answer.status_code == 422 and "were not compared yet" in answer.text
    assert [one.version for one in rows(database, ProtocolVersion)] == ["2"]


def test_every_button_of_the_page_sends_the_numbers_that_are_edited_on_it(ivanova):
    """A browser sends what stands in the form of the button: there is one form, with all of it."""
    page = ivanova.get("/thresholds").text
    forms = re.findall(r'<form[^>]* action="/thresholds".*?</form>', page, re.DOTALL)
    assert len(forms) == 1
    fields = re.findall(r'name="([^"]+)"', forms[0])
    assert {*NAMES, "version", "approved_by", "reason", "based"} <= set(fields)
    assert "Put in force as approved" in forms[0] and "Compare on the record" in forms[0]
    sent = {name: re.search(r'value="(.*?)"', label(page, name))[1] for name in NAMES}
    form = {**sent, **SIGNED, "based": "2.0", "view": "approve"}
    assert ivanova.post("/thresholds", form).status_code == 303, "as it stands"


def test_a_page_from_before_another_version_puts_nothing_back(ivanova, database):
    page = ivanova.get("/thresholds")
    old = {name: re.search(r'value="(.*?)"', label(page.text, name))[1] for name in NAMES}
    post_compared(ivanova, {**SIGNED, "bp.pair_hours": "48"})
    form = {**old, **SIGNED, "version": "3", "vom.routine_episodes": "4", "based": "2.0"}
    answer = ivanova.post("/thresholds", form)
    assert answer.status_code == 409 and "Version 2 was put in force meanwhile" in answer.text
    assert opened(answer.text) == ["bp", "vom"]
    assert [one.version for one in rows(database, ProtocolVersion)] == ["2"]


def test_a_fraction_is_written_as_the_reader_writes_it(ivanova):
    post_compared(ivanova, {**SIGNED, "wdl.infection_temperature": "38.5"})
    for lang, shown in (("en", "38.5"), ("ru", "38,5")):
        ivanova.post("/language", {"lang": lang})
        page = ivanova.get("/thresholds").text
        assert f'value="{shown}"' in label(page, "wdl.infection_temperature")
        same = {"wdl.infection_temperature": shown, "version": "3", "reason": "x"}
        assert ivanova.post("/thresholds", same).status_code == 422, "nothing differs"


FULL = story(
    *(dose(n) for n in range(12)),
    *(untaken(n) for n in range(12, 16)),
    *(drinks(n, 150) for n in range(8)),
    drinks(8, 0),
    *(checkin(n, sweating=4, nausea=3, tremor=3, anxiety=4, opioid_craving=80) for n in range(9)),
    checkin(9, signs=("confusion",), vomiting_24h=6, diarrhea_24h=4, temperature=39),
    checkin(10, systolic_bp=190, diastolic_bp=125, headache=4),
    checkin(11, systolic_bp=165, diastolic_bp=101),
    used(14, "opioid"),
    urine(15),
    checkin(25, sweating=1),
)


@pytest.mark.parametrize("value", [0, LARGEST])
def test_no_number_that_the_page_takes_breaks_a_rule(value):
    text = BUNDLED.read_text(encoding="utf-8")
    assert len(replay(FULL, load_protocol())) > 10
    for name in NAMES:
        replay(FULL, parse_stored(rewritten(text, {name: value}, "9", "")))
    replay(FULL, parse_stored(rewritten(text, dict.fromkeys(NAMES, value), "9", "")))
