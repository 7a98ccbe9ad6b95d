"""Every line of a log has a moment and a level, tells who was refused what, and tells no value."""

import ast
import logging
import re
import subprocess
import sys

import pytest

from app import logs
from app.start import server_options
from app.web.errors import SECRET_PATHS
from tests.house.crawl import names, routes
from tests.house.source import calls, dotted, modules
from tests.house.tables import CANARY

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR|CRITICAL) [\w.]+: .+"
)
LEVELS = ("debug", "info", "warning", "error", "exception", "critical")
REFUSED = re.compile(r"request [0-9a-f]{16}: (\d{3}) at (\w+|no route) to (\w+)$")


class Kept(logging.Handler):
    """What would have been written, line by line."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logs.Lines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def kept():
    handler, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def was_refused(each, answer) -> bool:
    at_a_door = each.path in SECRET_PATHS and answer.status_code == 422
    leads_to_one = answer.headers.get("location", "").startswith(("/sign-in", "/start", "/lock"))
    behind = each.audience.kind != "public" and each.path not in ("/lock", "/sign-out")
    return answer.status_code in logs.DENIED or at_a_door or (behind and leads_to_one)


@pytest.mark.sweep
@pytest.mark.req("Z8")
@pytest.mark.req("W9")
def test_each_refusal_is_a_line_with_its_route_and_role_and_no_line_has_a_value(
    app, people, sown, kept
):
    """Every route, every role, with a word in each place where a value could stand."""
    told: list[tuple[str, str]] = []
    form = dict.fromkeys(("email", "password", "code", "pin", "text", "reason", "name"), CANARY)
    for each in routes(app):
        for who, browser in names(people):
            kept.lines.clear()
            more = {"data": form} if each.unsafe else {}
            answer = each.send(browser, CANARY, headers={"Cookie-Word": CANARY}, **more)
            assert not [line for line in kept.lines if CANARY in line], (each, who)
            assert all(LINE.fullmatch(line) for line in kept.lines), kept.lines
            found = [one for line in kept.lines if (one := REFUSED.search(line))]
            expected = [str(answer.status_code)] if was_refused(each, answer) else []
            assert [one[1] for one in found] == expected, (each, who, kept.lines)
            told += [(one[2], one[3]) for one in found]
    assert {role for _, role in told} >= {"participant", "counselor", "admin"}
    assert len({route for route, _ in told}) >= 40


@pytest.mark.req("Z8")
def test_a_refused_sign_in_and_a_page_behind_the_door_are_lines(browser, kept):
    browser.post("/sign-in", {"email": f"{CANARY}@clinic.test", "password": CANARY})
    browser.get("/participants")
    lines = [line for line in kept.lines if "daybook" in line]
    assert len(lines) == 2 and not any(CANARY in line for line in lines), lines
    assert lines[0].endswith("at sign_in to nobody"), lines
    assert lines[1].endswith("at list_participants to nobody"), lines


@pytest.mark.req("W9")
def test_what_others_log_is_written_without_their_words(kept):
    # Not the server's own: a server of another test may have told it to keep to itself.
    other = logging.getLogger("somebody.else")
    other.error(f"bad {CANARY}")
    other.error("bad %s", CANARY)
    try:
        raise ValueError(f"the value {CANARY}\nand more")
    except ValueError:
        other.exception("it broke")
        logging.getLogger("daybook").exception("it broke")
    assert len(kept.lines) == 4
    for line in kept.lines:
        assert CANARY not in line and LINE.fullmatch(line), line
    assert "ValueError at test_log_lines.py:" in kept.lines[-1]


# What our own lines may say: numbers of rows and requests, kinds, states, and names of ours.
SAID = {
    "mail.id",
    "delivery.outcome",
    "code",
    "name",
    "fault",
    "type(error).__name__",
    "me.request_id",
    "found.me.request_id",
    "found.me.actor.name",
    "errand.name",
    "what",
    "me.actor.name",
    "request.state.request_id",
    "state.get('request_id')",
    "status",
    "route",
    "role",
}


@pytest.mark.req("W9")
def test_our_own_lines_say_numbers_and_names_of_ours_alone():
    """Over every call of a log in the product: another value is a decision to be seen here."""
    found = set()
    for module in modules().values():
        for call in calls(module.tree):
            before, _, level = dotted(call.func).rpartition(".")
            if before.rpartition(".")[2] != "log" or level not in LEVELS:
                continue
            assert isinstance(call.args[0], ast.Constant), (module.where, call.lineno)
            found |= {ast.unparse(one) for one in call.args[1:]}
    assert "type(error).__name__" in found and found - SAID == set()


@pytest.mark.req("W9")
def test_a_process_that_ends_by_an_error_says_so_without_its_words():
    program = f"""
from app import logs
import threading, warnings
logs.begin(); logs.begin()
warnings.warn("{CANARY}")
def fail(): raise ValueError("{CANARY}")
one = threading.Thread(target=fail); one.start(); one.join()
fail()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and len(lines) == 3, done.stderr
    assert CANARY not in done.stderr
    assert all(LINE.fullmatch(line) for line in lines), lines


def test_the_server_has_no_form_of_its_own_for_its_lines(database):
    assert server_options(database.settings)["log_config"] is None
