"""The look in a real browser, under the product's own policy."""

import re
from collections import Counter

import pytest
from look_guide import ORIGIN, PAGES, UNANSWERED

STAMP = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
HIDE_OR_SHOW = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

pytestmark = pytest.mark.journey


def sent_forms(page):
    """Collects what the page posts from now on, one dict of fields a post."""
    posts = []

    def remember(request):
        if request.method == "POST":
            posts.append(request.post_data_json)

    page.on("request", remember)
    return posts


def keep_open(page):
    """Answers every post with "no content": the page stays, as on a line that hangs."""
    page.route(
        "**/*",
        lambda route: (
            route.fulfill(status=204) if route.request.method == "POST" else route.fallback()
        ),
    )


def test_no_page_scrolls_sideways_with_the_longest_words_and_the_largest_buttons(look, letters):
    page = look("today", render={"lang": "ru", "large": True})
    wide = []
    for name in PAGES:
        page.goto(f"{ORIGIN}/{name}")
        for width in (320, 347, 348, 390, 800, 1080):
            page.set_viewport_size({"width": width, "height": 700})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((name, width))
    assert wide == []


@pytest.mark.parametrize("here", ["today", "calendar", "worksheets", "help"])
def test_no_word_of_the_bar_below_is_broken_on_the_smallest_phone(look, letters, here):
    page = look("today", width=320, render={"lang": "ru", "nav": here})
    lines = page.evaluate(
        """() => Array.from(document.querySelectorAll(".nav a"), (el) => {
          const words = document.createRange();
          words.selectNodeContents(el.lastChild);
          return [el.textContent.trim(), words.getClientRects().length, el.offsetTop];
        })"""
    )
    assert len(lines) == 4 and len({top for _, _, top in lines}) == 1
    assert [text for text, drawn, _ in lines if drawn > len(text.split())] == []


@pytest.mark.req("W1")
def test_no_page_offends_the_policy_and_the_policy_is_in_force(look):
    page = look("today")
    complaints = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name in PAGES:
        page.goto(f"{ORIGIN}/{name}")
    assert [text for text in complaints if not text.startswith("verbose: [DOM]")] == []
    with page.expect_console_message(lambda message: "style-src" in message.text):
        page.evaluate("document.body.setAttribute('style', 'color: red')")


def test_unselected_answers_look_the_same_and_never_like_the_main_button(look):
    page = look("today")
    for name in UNANSWERED:
        page.goto(f"{ORIGIN}/{name}")
        styles = page.evaluate(
            """() => Array.from(
              document.querySelectorAll(".two .btn, .cell span, .opt span"), (el) => {
              const s = getComputedStyle(el);
              return [el.closest(".two") ? "two" : el.parentNode.className, s.backgroundColor,
                s.color, s.borderTopColor, s.fontWeight];
            })"""
        )
        looks = Counter(tuple(style) for style in styles)
        assert len({look_[0] for look_ in looks}) == len(looks)
        assert all("29, 102, 96" not in color for look_ in looks for color in look_[1:4])


@pytest.mark.parametrize("scripts", [True, False])
def test_answers_are_large_enough_for_a_trembling_hand(look, letters, scripts):
    page = look("body", java_script_enabled=scripts)
    for name, css, least in [
        ("body", ".cell", (64, 64)), ("today", ".two .btn", (56, 56)), ("today", ".row", (72, 72)),
        ("today", ".nav a", (64, 64)), ("urges", ".cell", (24, 80)), ("single", ".opt", (56, 56)),
        ("lock", ".inp", (56, 56)), ("drinks", ".ctl > :not([hidden])", (44, 56)),
    ]:  # fmt: skip
        page.goto(f"{ORIGIN}/{name}")
        boxes = [item.bounding_box() for item in page.locator(css).all()]
        assert boxes and all(
            box["width"] >= least[0] and box["height"] >= least[1] for box in boxes
        ), (name, css)


def test_five_answers_stand_side_by_side_at_348_pixels_and_below_each_other_at_347(look, letters):
    page = look("body", width=348)

    def rows():
        cells = page.get_by_role("group", name="Nausea").locator(".cell").all()
        return len({cell.bounding_box()["y"] for cell in cells})

    assert rows() == 1
    page.set_viewport_size({"width": 347, "height": 844})
    assert rows() == 5


def test_every_answer_can_be_given_and_sent_without_scripts(look):
    page = look("urges", java_script_enabled=False)
    assert page.locator("button:visible").count() == 2
    page.get_by_role("group", name="Urge to drink alcohol").get_by_label("7").check()
    posts = sent_forms(page)
    page.get_by_role("button", name="Save").click()
    assert posts[0]["alcohol"] == "7" and "opioid" not in posts[0]
    page.goto(f"{ORIGIN}/drinks-error")
    page.get_by_role("spinbutton", name="Vodka").fill("2.5")
    page.get_by_role("button", name="Save and continue").click()
    assert posts[1]["vodka"] == "2.5"


def test_the_keyboard_reaches_and_changes_an_answer_and_shows_where_it_is(look):
    page = look("body")
    first = page.locator("#f-nausea")
    page.keyboard.press("Tab")
    page.locator("button", has_text="None of the four").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert not first.is_checked() and page.locator("#f-nausea-1").is_checked()
    outline = page.locator("#f-nausea-1 + span").evaluate("el => getComputedStyle(el).outlineStyle")
    assert outline == "solid"


def test_counts_go_up_and_down_but_not_below_zero_and_the_total_follows(look):
    page = look("drinks-error")
    total = page.locator(".total output")
    assert total.inner_text().strip() == "Nothing yet"
    more = page.get_by_role("button", name="One more: Vodka")
    more.click()
    assert total.inner_text() == "1 drink ≈ 1.6 standard drinks"
    more.click()
    page.get_by_role("button", name="One more: Beer").click()
    assert total.inner_text() == "3 drinks ≈ 5.1 standard drinks"
    for _ in range(3):
        page.get_by_role("button", name="One less: Vodka").click()
    assert page.get_by_label("Vodka, Shot").input_value() == "0"
    page.get_by_label("Beer, Bottle").fill("98")
    for _ in range(3):
        page.get_by_role("button", name="One more: Beer").click()
    assert page.get_by_label("Beer, Bottle").input_value() == "99"


def test_the_total_speaks_russian_with_the_right_plurals(look):
    page = look("drinks-error", render={"lang": "ru"})
    field = page.get_by_role("spinbutton", name="Vodka")
    said = []
    for count in ("1", "3", "5", "2.5", "21"):
        field.fill(count)
        said.append(page.locator(".total output b").inner_text())
    assert said == ["1 порция", "3 порции", "5 порций", "2,5 порции", "21 порция"]
    assert page.locator(".total output .sub").inner_text() == "стандартных порций: ≈ 33,2"


def test_a_scale_reads_the_answer_back_only_after_there_is_one(look):
    page = look("urges")
    group = page.get_by_role("group", name="Urge to use opioids")
    assert not group.get_by_text("You chose").is_visible()
    group.get_by_label("1", exact=True).check()
    assert group.locator("output").inner_text() == "1"
    for _ in range(2):
        group.get_by_role("button", name="One lower").click()
    assert group.get_by_label("0", exact=True).is_checked()
    for _ in range(11):
        group.get_by_role("button", name="One higher").click()
    assert group.locator("output").inner_text() == "10"
    assert not page.get_by_role("group", name="Urge to drink alcohol").locator(":checked").count()


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("Asia/Kolkata", "+05:30"), ("America/St_Johns", "-03:30"), ("UTC", "+00:00")],
)
def test_an_answer_carries_the_clock_of_the_device_and_the_button_that_was_tapped(
    look, zone, offset
):
    page = look("today", timezone_id=zone, clock=True)
    page.clock.set_fixed_time("2026-11-23T23:59:58Z")
    posts = sent_forms(page)
    page.get_by_role("button", name="Not taken").click()
    assert posts[0]["taken"] == "no" and posts[0]["idem"] == "k1"
    assert STAMP.fullmatch(posts[0]["client_at"]) and posts[0]["client_at"].endswith(offset)
    local = {"+05:30": "2026-11-24T05:29:58", "-03:30": "2026-11-23T20:29:58"}
    assert posts[0]["client_at"].startswith(local.get(offset, "2026-11-23T23:59:58"))
    assert posts[0]["seconds"].isdigit()


def test_a_second_tap_sends_nothing_until_ten_seconds_have_passed(look):
    page = look("today", clock=True)
    keep_open(page)
    posts = sent_forms(page)
    button = page.get_by_role("button", name="Yes, I took it")
    button.click()
    page.clock.fast_forward(9_000)
    button.click()
    assert len(posts) == 1
    page.clock.fast_forward(2_000)
    button.click()
    assert len(posts) == 2 and posts[0]["idem"] == posts[1]["idem"]


def test_a_page_that_comes_back_can_be_sent_again(look):
    page = look("today")
    keep_open(page)
    posts = sent_forms(page)
    button = page.get_by_role("button", name="Yes, I took it")
    button.click()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    button.click()
    assert len(posts) == 2


def test_errors_take_the_focus_and_their_link_leads_to_the_field(look):
    page = look("prepare")
    assert page.evaluate("document.activeElement.className") == "err"
    page.get_by_role("link", name="Choose a date.").click()
    assert page.evaluate("document.activeElement.id") == "f-when"


def test_an_invitation_moves_from_the_address_into_the_form(look):
    code = "ABCDEFGHIJKLMNOPQRSTUVWX"
    page = look(f"join#{code}")
    assert page.get_by_label("Code").input_value() == code
    assert page.url == f"{ORIGIN}/join"
    page.goto("about:blank")
    page.goto(f"{ORIGIN}/join#main")
    assert page.get_by_label("Code").input_value() == ""


def test_hide_leaves_no_way_back_to_the_page(look):
    page = look("lock")
    page.goto(f"{ORIGIN}/today")
    page.get_by_role("link", name="Hide").click()
    page.wait_for_url("**/hide")
    page.go_back()
    assert page.url == f"{ORIGIN}/lock"


def test_an_idle_page_warns_for_twenty_seconds_and_then_locks(look):
    page = look("urges", clock=True)
    warning = page.locator("#idle")
    page.clock.run_for(158_000)
    assert warning.is_hidden()
    page.clock.run_for(4_000)
    assert warning.is_visible()
    warning.get_by_role("button").click()
    assert warning.is_hidden()
    page.clock.run_for(158_000)
    assert warning.is_hidden() and page.url.endswith("/urges")
    page.clock.run_for(23_000)
    page.wait_for_url("**/lock")


def test_a_slow_line_is_asked_for_the_lock_once(look):
    page = look("urges", clock=True)
    asked = []

    def stay(route):
        asked.append(route.request.url)
        route.fulfill(status=204)

    page.route("**/lock", stay)
    page.clock.run_for(179_000)
    for _ in range(5):
        page.clock.run_for(1_000)
        page.wait_for_timeout(100)
    assert asked == [f"{ORIGIN}/lock"]


def test_a_page_that_is_left_is_covered_and_locked_after_a_minute(look):
    page = look("today", clock=True)
    heading = page.get_by_role("heading", level=1)
    page.evaluate(HIDE_OR_SHOW, True)
    assert not heading.is_visible()
    page.clock.fast_forward(59_000)
    page.evaluate(HIDE_OR_SHOW, False)
    assert heading.is_visible() and page.url.endswith("/today")
    page.evaluate(HIDE_OR_SHOW, True)
    page.clock.fast_forward(61_000)
    page.evaluate(HIDE_OR_SHOW, False)
    page.wait_for_url("**/lock")


def test_a_writer_keeps_the_session_alive_where_the_page_names_an_address(look):
    page = look("prepare", render={"alive": "/alive"}, clock=True)
    posts = []
    page.on("request", lambda request: posts.append(request.url) if "alive" in request.url else 0)
    page.clock.run_for(62_000)
    assert posts == []
    page.get_by_label("What would you like").press_sequentially("a")
    page.clock.run_for(2_000)
    page.wait_for_function("1")
    assert posts == [f"{ORIGIN}/alive"]


def test_paper_from_a_dark_screen_is_white_and_has_no_buttons(look):
    page = look("brief", width=794, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".btn:visible, .side:visible").count() == 0
    assert page.get_by_role("img", name="Six weeks").is_visible()
