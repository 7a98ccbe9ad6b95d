"""The parts as markup: nothing answered for anybody, errors that lead to their field."""

import re

import pytest
from jinja2 import UndefinedError
from look_guide import SCALE, UNANSWERED, guide_environment, render

from app.i18n import translator
from app.web.pages import TEMPLATES_DIR


def part(source: str, **values) -> str:
    tr = translator("en")
    template = guide_environment().from_string(
        '{% import "_ui.html" as ui with context %}' + source
    )
    return template.render({"_": tr, "ngettext": tr.n, "errors": {}, **values})


@pytest.mark.parametrize("name", UNANSWERED)
def test_no_unanswered_form_comes_with_an_answer(name):
    html = render(name)
    assert "<input" in html
    assert not re.search(r"<[^>]*\s(checked|selected)\b", html)
    assert not re.search(r'<input[^>]*type="number"[^>]*\svalue=', html)


def test_zero_is_an_answer_and_no_answer_is_not_zero():
    source = '{{ ui.pick("nausea", "Nausea", scale, value) }}'
    zero = part(source, scale=SCALE, value=0)
    assert re.findall(r'value="(\d)" checked', zero) == ["0"]
    assert "checked" not in part(source, scale=SCALE, value=None)


def test_a_kept_answer_may_be_the_text_that_was_sent():
    source = '{{ ui.nrs("urge", "Urge", "none", "most", value) }}'
    assert re.findall(r'value="(\d+)" checked', part(source, value="10")) == ["10"]
    assert "checked" not in part(source, value="11")


def test_a_stepper_shows_a_kept_zero_and_leaves_a_blank_blank():
    source = '{{ ui.step("beer", "Beer", "", value) }}'
    assert 'value="0"' in part(source, value=0)
    assert "value=" not in part(source, value=None).split("<input")[1].split(">")[0]


def test_every_error_links_to_a_control_and_is_repeated_there_in_the_same_words():
    html = render("prepare", errors={"when": "Choose a date.", "who": "Choose one or more."})
    for name, text in {"when": "Choose a date.", "who": "Choose one or more."}.items():
        assert f'href="#f-{name}"' in html and f'id="f-{name}"' in html
        assert f'e-{name}"' in html and html.count(text) == 2
    assert "<title>Error: " in html


def test_a_page_without_errors_has_no_summary_and_a_plain_title():
    html = render("prepare", errors={})
    assert 'class="err"' not in html and "<title>Daybook" in html


def test_no_two_elements_share_an_id():
    for name in ("urges", "prepare", "body", "drinks"):
        ids = re.findall(r'\sid="([^"]+)"', render(name))
        assert len(ids) == len(set(ids))


def test_text_of_a_participant_cannot_become_markup():
    html = part('{{ ui.textarea("wish", "Wish", text) }}', text="</textarea><b>x")
    assert "<b>" not in html and "&lt;b&gt;x" in html


def test_a_leading_line_break_in_a_kept_text_survives():
    html = part('{{ ui.textarea("wish", "Wish", text) }}', text="\nfirst")
    assert ">\n\nfirst</textarea>" in html


def test_severity_is_said_in_words_and_an_unknown_one_is_refused():
    shown = part('{% for s in ["emergency", "urgent", "routine"] %}{{ ui.tag(s) }}{% endfor %}')
    assert re.findall(r"</svg>([^<]+)</span>", shown) == ["Now", "Today", "This week"]
    with pytest.raises(UndefinedError):
        part('{{ ui.tag("mild") }}')


def test_an_icon_that_is_not_drawn_is_refused():
    with pytest.raises(UndefinedError):
        part('{{ ui.icon("unicorn") }}')


def test_only_the_open_page_is_marked_in_the_bottom_bar_and_a_task_has_none():
    assert re.findall(r'href="(/\w+)" aria-current', render("today")) == ["/today"]
    assert "aria-current" not in render("urges") and 'class="nav"' not in render("urges")


def test_a_telephone_link_carries_the_number_without_its_spacing():
    html = part('{{ ui.call("+7 (812) 000-00-00", "Call") }}')
    assert 'href="tel:+78120000000"' in html and "+7 (812) 000-00-00" in html


def test_the_running_total_knows_every_plural_of_both_languages():
    assert 'data-one="1 drink" data-few="2 drinks"' in render("drinks")
    marked = render("drinks", lang="ru")
    assert all(f'data-{form}="' in marked for form in ("one", "few", "many", "none"))


def test_large_buttons_are_a_class_of_the_body():
    assert 'class="page large"' in render("urges", large=True)
    assert "large" not in render("urges").split("<body")[1].split(">")[0]


def test_every_text_of_the_frame_and_the_parts_is_there_in_russian():
    source = "".join(path.read_text() for path in TEMPLATES_DIR.glob("_*.html"))
    texts = set(re.findall(r'\b_\("([^"]+)"', source))
    tr = translator("ru")
    assert len(texts) > 25
    assert [text for text in texts if tr(text) == text] == []
    assert [tr.n("%(num)s drink", "%(num)s drinks", n) for n in (1, 2, 5, 11, 21)] == [
        "1 порция", "2 порции", "5 порций", "11 порций", "21 порция",
    ]  # fmt: skip
