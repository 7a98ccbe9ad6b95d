"""What was typed and not sent is there again, on every form of participants that asks anything.

One phone, one server: every page with a field is filled in, and what may happen to a phone
happens to it. Only then is each form sent.
"""

import json
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.main import create_app
from app.models.diary import Note
from app.models.people import Device
from app.settings import Settings
from app.visit.gate import audiences
from app.visit.identity import DEVICE_COOKIE
from app.visit.tokens import hash_now, new_token, token_hash
from tests.cast import PIN
from tests.chromium import Chromiums
from tests.diary.rows import rows
from tests.journeys.conftest import _serving, free_port
from tests.phone import LONG_AGO, Person, _checkin, demo_database, pages, person_of, speak

pytestmark = pytest.mark.journey
CANARY = "kanarienvogel"
# Routes that take a participant's form and have nothing typed or chosen in it.
TAPS = {
    "/alive": "sent by the script",
    "/today/message": "sent by the script",
    "/held/drop": "one button",
    "/sealed/seen": "one button",
    "/call-me": "one button",
    "/call-me/back": "one button",
    "/me/consent": "here nothing is owed, and the page that informs has one button",
    "/today/check/{public_id}/save": "one button",
    "/day/{day}/dose/back": "one button",
    "/calendar/{day}/forget": "one button",
    "/worksheets/about/{sheet}": "one button",
    "/worksheets/{public_id}/finish": "one button",
    "/worksheets/{public_id}/share": "one button",
    "/worksheets/{public_id}/discard": "one button",
    "/worksheets/{public_id}/take-back": "one button",
    "/worksheets/{public_id}/put-away": "one button",
    "/worksheets/{public_id}/bring-back": "one button",
    "/worksheets/{public_id}/read": "one button",
    "/worksheets/{public_id}/{page}/draft": "the same form as its page, sent by the script",
}
# A code is never kept: it is typed again.
SECRETS = {"/start", "/start/pin", "/lock", "/me/pin"}

FIELDS = """const fields = (form) => Array.from(form.elements).filter((el) =>
  el.name && !["hidden", "submit", "button", "password"].includes(el.type));
const forms = () => Array.from(document.querySelectorAll("main form"))
  .filter((form) => fields(form).length);
const shown = (form) => [form.getAttribute("action"), fields(form).map((el) =>
  [el.name, ["radio", "checkbox"].includes(el.type) ? [el.value, el.checked] : el.value])];"""
# Something in every field of the form, such that it can be stored.
FILL = f"""(canary) => {{ {FIELDS}
  const number = {{ other_ml: "330", other_abv: "5", temperature: "36.6", belief: "40" }};
  const seen = new Set();
  document.querySelectorAll("main details").forEach((part) => {{ part.open = true; }});
  forms().forEach((form) => fields(form).forEach((el) => {{
    if (el.type === "radio") {{
      if (seen.has(form.action + el.name) && el.name !== "last") return;
      el.checked = true;
    }} else if (el.type === "checkbox") {{
      el.checked = el.name === "signs" ? el.value === "none"
        : !el.name.endsWith("_none") && !el.name.startsWith("none_") && !seen.has(el.name);
    }} else if (el.tagName === "SELECT") el.selectedIndex = 1;
    else if (el.type === "time") el.value = "00:05";
    else if (el.tagName === "TEXTAREA") el.value = canary;
    else if (el.name in number) el.value = number[el.name];
    else if (el.type === "number" || el.inputMode) el.value = /pressure|bp/.test(el.name)
      ? (/dia/.test(el.name) ? "80" : "120") : "2";
    else el.value = canary;
    seen.add(form.action + el.name); seen.add(el.name);
    el.dispatchEvent(new Event("input", {{ bubbles: true }}));
  }}));
  return forms().map(shown);
}}"""
SHOWN = f"() => {{ {FIELDS} return forms().map(shown); }}"
SEALED = """() => { const kept = new Map();
  document.dispatchEvent(new CustomEvent("seal", { detail: kept }));
  return Promise.all(kept.values()); }"""
ROWS = """() => new Promise((yes) => { const ask = indexedDB.open("kept", 1);
  ask.onsuccess = () => { const all = ask.result.transaction("kept").objectStore("kept").getAll();
    all.onsuccess = () => yes(all.result.map((row) => [row.token,
      Array.from(new Uint8Array(row.sealed), (n) => String.fromCharCode(n)).join("")])); }; })"""


@dataclass
class Phone:
    """A browser of its own on a folder of its own, which can be killed and started again."""

    url: str
    folder: Path
    token: str
    chromiums: Chromiums
    database: Database
    person: Person
    addresses: list[str]
    worker: bool = True
    """whether its browser has service workers; none of their requests can be made to break here"""
    process: Any = None
    page: Any = None

    def start(self) -> Page:
        self.process, context = self.chromiums.on_folder(self.folder)
        context.set_default_timeout(10_000)
        if not self.worker:
            context.add_init_script("delete Navigator.prototype.serviceWorker")
        # A phone has had its own cookie for days; the browser writes one to the disk late.
        secure = self.url.replace("http:", "https:")
        known = {"name": DEVICE_COOKIE, "value": self.token, "url": secure, "secure": True}
        context.add_cookies([{**known, "expires": utc_now().timestamp() + 86400}])
        self.page = context.pages[0]
        return self.page

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self) -> None:
        """As a phone does it: whatever the browser wants to keep is on the disk then."""
        self.process.terminate()
        self.process.wait(timeout=20)

    def open(self, address: str) -> Any:
        answer = self.page.goto(self.url + address)
        self.ready()
        return answer

    def ready(self) -> None:
        self.page.locator("html[data-keep]").wait_for(state="attached")

    def unlock(self) -> None:
        self.page.goto(f"{self.url}/lock")
        self.page.get_by_label("Code").fill(PIN)
        self.page.get_by_role("button", name="Open").click()
        self.page.wait_for_url(re.compile("/(today|held)"))

    def rows(self) -> list[list[str]]:
        found: list[list[str]] = self.page.evaluate(ROWS)
        return found

    def shown(self) -> Any:
        return self.page.evaluate(SHOWN)


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory, chromiums: Chromiums) -> Iterator[Phone]:
    with carried(tmp_path_factory.mktemp("demo"), chromiums) as known:
        yield known


@contextmanager
def carried(tmp_path: Path, chromiums: Chromiums) -> Iterator[Phone]:
    """One person's phone, unlocked for the first time."""
    port = free_port()
    with demo_database(tmp_path) as filled:
        settings = Settings(data_dir=tmp_path, base_url=f"http://localhost:{port}")
        with closing(Database(settings)) as database:
            app = create_app(settings, database)
            person = person_of(filled)
            speak(database, person, "en")
            known = Phone(
                settings.base_url,
                tmp_path / "profile",
                _device(database, person),
                chromiums,
                database,
                person,
                pages(app, database, person),
                worker=False,
            )
            with _serving(app, port):
                known.start()
                yield known
                known.kill()
    shutil.rmtree(tmp_path / "profile", ignore_errors=True)


def _device(database: Database, person: Person) -> str:
    token, now = new_token(), utc_now()
    with database.write() as session:
        device = Device(
            participant_id=person.id,
            token_hash=token_hash(token),
            pin_hash=hash_now(PIN),
            created_at=now,
        )
        session.add(device)
        session.flush()
        audit.record(session, SYSTEM, "test.device", Subject("device", device.id or 0), now=now)
    return token


@dataclass
class Typed:
    """A page as it was filled in, and how its forms are sent."""

    address: str
    forms: Any


def asking(phone: Phone) -> list[str]:
    """One address of every kind of page: further days have the same forms."""
    kinds: dict[str, str] = {}
    far = (phone.person.today - LONG_AGO).isoformat()
    # The list of a check-in has the same answers as its pages: it is filled in for another one.
    others = [one for one in phone.addresses if "/today/list/" not in one]
    for address in [*others, list_of_its_own(phone)]:
        if address not in SECRETS and far not in address:
            way = "?from=day" if re.fullmatch(r"/day/.*/dose", address) else ""
            kinds[re.sub(r"\d{4}-\d\d-\d\d", "day", address)] = address + way
    # What changes the pages of others is sent last.
    return sorted(kinds.values(), key=lambda address: (address == "/me/settings", len(address)))


def list_of_its_own(phone: Phone) -> str:
    """All side effects on one page, of a check-in that was told a moment ago."""
    assert post(phone.page, "/today/list/new", "none_p1=1&method=rest") == 200
    return f"/today/list/{_checkin(phone.database, phone.person, 'side_effects')}"


def answer_what_is_asked_further(phone: Phone) -> None:
    """A tablet of today and of an earlier day, and a substance: their pages ask for more."""
    far = (phone.person.today - LONG_AGO).isoformat()
    day = [a for a in phone.addresses if re.fullmatch(r"/day/[-\d]+", a) and far not in a][-1]
    sent = {
        "/today/dose": "answer=taken",
        f"{day}/dose": "answer=not_taken&why=slip",
        f"{day}/other": "substance=cannabis&why=slip",
    }
    for address, body in sent.items():
        assert post(phone.page, address, body) == 200, address


def post(page: Page, address: str, body: str) -> int:
    """The same person, on another page."""
    sent = """([address, body]) => fetch(address, { method: "POST",
      body: new URLSearchParams(body) }).then((answer) => answer.status)"""
    return int(page.evaluate(sent, [address, body]))


def submit(page: Page, number: int) -> None:
    form = page.locator("main form").filter(has=page.locator(TYPED)).nth(number)
    main = form.locator("button.main")
    (main if main.count() else form.locator("button:not(.vh, [type=button])")).first.click()


TYPED = "input:not([type=hidden], [type=password]), select, textarea"


def fill_everything(phone: Phone) -> list[Typed]:
    """Each page filled in, sent without a connection, left by Back, and loaded again."""
    page, found = phone.page, []
    for address in asking(phone):
        answer = phone.page.goto(phone.url + address)
        assert answer.status == 200, address
        if not page.evaluate(SHOWN):
            continue
        phone.ready()
        typed = Typed(address, page.evaluate(FILL, CANARY))
        assert all(page.evaluate(SEALED)), address
        for number in range(len(typed.forms)):
            page.context.set_offline(True)
            submit(page, number)
            expect(page.locator("form #offline")).to_contain_text("nothing was sent")
            assert phone.shown() == typed.forms, address
            page.context.set_offline(False)
        page.go_back(wait_until="commit")
        phone.open(address)
        assert phone.shown() == typed.forms, (address, "left by Back")
        page.reload()
        phone.ready()
        assert phone.shown() == typed.forms, (address, "loaded again")
        found.append(typed)
    return found


def break_the_line(phone: Phone, send: Any) -> None:
    """The browser knows of no break: the page stays, and says that nothing was sent."""
    page = phone.page
    page.route("**", lambda route: route.abort("connectionfailed"))
    send()
    expect(page.locator("form #offline")).to_contain_text("nothing was sent")
    page.unroute("**")


@pytest.mark.req("W13")
def test_whatever_happens_to_the_phone_what_was_typed_is_there_again(phone):
    phone.unlock()
    answer_what_is_asked_further(phone)
    filled = fill_everything(phone)
    assert covered(phone, filled) == set()
    phone.kill()
    assert holding(phone.folder, CANARY) == []
    phone.start()
    phone.page.goto(f"{phone.url}/lock")
    readable = json.dumps([phone.rows(), phone.page.content()])
    # A worksheet that had the time to save itself waits no more.
    assert len(phone.rows()) > len(filled) / 2, (len(phone.rows()), len(filled))
    assert CANARY not in readable and "data-key" not in readable
    phone.unlock()
    for typed in filled:
        phone.open(typed.address)
        assert phone.shown() == typed.forms, (typed.address, "killed, and locked")
    # What asks further is sent before what it depends on, the settings last.
    for typed in [*reversed(filled[:-1]), filled[-1]]:
        send_all(phone, typed)
    assert phone.rows() == []
    phone.stop()
    assert holding(phone.folder, CANARY) == []
    phone.start()
    phone.unlock()


def send_all(phone: Phone, typed: Typed) -> None:
    """Sent, stored, and never offered again."""
    for number in range(len(typed.forms)):
        answer = phone.open(typed.address)
        if answer.status != 200 or len(phone.shown()) <= number:
            return
        break_the_line(phone, lambda number=number: submit(phone.page, number))
        assert phone.shown()[number] == typed.forms[number], (typed.address, "still there")
        phone.open(typed.address)
        assert phone.shown()[number] == typed.forms[number], (typed.address, "a line that broke")
        with phone.page.expect_navigation() as arrived:
            submit(phone.page, number)
        assert arrived.value.status == 200, typed.address
        phone.open("/today")


def covered(phone: Phone, filled: list[Typed]) -> set[str]:
    """Routes that take a form of participants, and were neither filled in nor reasoned away."""
    app = create_app(phone.database.settings, phone.database)
    wanted = {
        path
        for (method, path), one in audiences(app).items()
        if method == "POST" and one.kind == "participant"
    }
    actions = {action for typed in filled for action, _ in typed.forms}
    tried = {path for path in wanted for action in actions if _fits(path, action)}
    return wanted - tried - TAPS.keys()


def _fits(path: str, action: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), action) is not None


def holding(folder: Path, word: str) -> list[str]:
    """Files of the browser's own folder in which the word can be read."""
    wanted = (word.encode(), word.encode("utf-16-le"))
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 10
    return [str(path) for path in files if any(one in _content(path) for one in wanted)]


def _content(path: Path) -> bytes:
    """What the last process of a killed browser has just removed holds nothing any more."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def week(phone: Phone, words: str) -> None:
    phone.open("/today/week")
    phone.page.locator("[name=own_words]").fill(words)
    assert phone.page.evaluate(SEALED) == [True]


def words_on(page: Page) -> str:
    return page.locator("[name=own_words]").input_value()


def test_an_answer_that_got_lost_on_its_way_back_is_sent_again_and_stored_once(phone):
    week(phone, "sent twice")
    page, before = phone.page, len(rows(phone.database, Note))

    def lose(route: Any) -> None:
        """It arrives, and nothing of the answer does, its cookies neither."""
        sent = route.request
        answer = httpx.post(sent.url, content=sent.post_data, headers=sent.all_headers())
        assert answer.is_redirect, (sent.method, answer.status_code, answer.text[-900:])
        route.abort("connectionfailed")

    page.route("**/today/week", lose)
    submit(page, 0)
    expect(page).to_have_url("chrome-error://chromewebdata/")
    page.unroute("**/today/week")
    phone.open("/today/week")
    assert words_on(page) == "sent twice"
    submit(page, 0)
    page.wait_for_url("**/today")
    expect(page.get_by_text("This was already saved.")).to_be_visible()
    phone.ready()
    assert len(rows(phone.database, Note)) == before + 1 and phone.rows() == []


def test_what_was_typed_on_an_earlier_day_is_shown_and_answers_nothing_today(phone):
    page, address = phone.page, "/today/check/new/now"
    phone.open(address)
    page.locator("[name=temperature]").fill("37.7")
    assert all(page.evaluate(SEALED))

    def after_midnight(route: Any) -> None:
        answer = route.fetch()
        now = re.search(r'data-now="(\d+)"', answer.text())
        body = re.sub(r'data-since="\d+"', f'data-since="{now and now[1]}"', answer.text())
        route.fulfill(response=answer, body=body)

    page.route(f"**{address}", after_midnight)
    phone.open(address)
    page.unroute(f"**{address}")
    assert page.locator("[name=temperature]").input_value() != "37.7"
    note = page.locator("main .note").filter(has_text="no longer fits")
    expect(note).to_contain_text("37.7")
    note.get_by_role("button", name="Throw it away").click()
    expect(note).to_have_count(0)
    phone.ready()
    assert phone.rows() == []


def test_a_page_that_was_changed_elsewhere_is_not_overwritten_without_a_word(phone):
    page, day = phone.page, phone.person.today.isoformat()
    address, count = f"/day/{day}", ".step input"
    phone.open(address)
    page.locator(count).first.fill("7")
    assert all(page.evaluate(SEALED))
    name = page.locator(count).first.get_attribute("name")
    assert post(page, address, f"{name}=3") == 200
    phone.open(address)
    assert page.locator(count).first.input_value() == "3"
    page.get_by_role("button", name="Put it back").click()
    assert page.locator(count).first.input_value() == "7"
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator(count).first).to_have_value("3")
    phone.ready()
    assert phone.rows() == []


def test_what_a_page_refuses_and_what_two_pages_answer_stays_until_it_is_settled(phone):
    page = phone.page
    week(phone, "x" * 5000)
    submit(page, 0)
    expect(page.locator(".err")).to_be_visible()
    phone.ready()
    assert page.evaluate(SEALED) == [True]
    page.reload()
    phone.ready()
    assert words_on(page) == "x" * 5000
    page.locator("[name=own_words]").fill("shorter")
    submit(page, 0)
    page.wait_for_url("**/today")
    phone.ready()
    assert phone.rows() == []
    # The same form twice with different words: both are shown, and the second is not lost.
    week(phone, "first")
    token = page.locator("[name=idem]").input_value()
    assert post(page, "/today/week", f"own_words=other&method=each&idem={token}") == 200
    submit(page, 0)
    expect(page.get_by_text("There are two different answers")).to_be_visible()
    phone.ready()
    page.locator("form .main, form button.btn").first.click()
    page.wait_for_url("**/today")
    phone.ready()
    assert phone.rows() == []


def test_what_waits_is_named_on_today_and_can_be_thrown_away(phone):
    week(phone, "to be thrown away")
    phone.open("/today")
    waiting = phone.page.locator("#unsent")
    expect(waiting).to_contain_text("not sent yet")
    waiting.get_by_role("button", name="Throw it away").click()
    expect(waiting).to_be_hidden()
    phone.open("/today/week")
    assert words_on(phone.page) == ""
