"""The map of the house: which room may know which, and that no room goes round in a circle.

``MAP`` is the whole of it. A new room is entered here first; a new arrow is a decision.
"""

import ast
import fnmatch

import pytest

from tests.house.source import app_imports, calls, dotted, imports, modules, reachable

# Files and floors that know no room.
GROUND = {"addresses", "clock", "languages", "logs", "settings", "strict", "keys", "typed", "named"}
GROUND |= {"models", "protocol", "instruments"}
# What every room may use.
SHARED = GROUND | {"timeline", "audit", "turns", "db", "i18n", "web", "visit"}
DESK = SHARED | {"staff"}
PHONE = SHARED | {"sent", "flags"}
EVERYTHING = {"*"}
MAP: dict[str, set[str]] = {
    "clock": set(),
    "addresses": set(),
    "languages": set(),
    "logs": set(),
    "settings": {"addresses"},
    "strict": {"languages"},
    "keys": set(),
    "typed": set(),
    "named": set(),
    "models": {"clock", "languages"},
    # Which version is in force stands in a table.
    "protocol": {"models", "languages", "strict"},
    "instruments": {"typed", "languages", "strict"},
    "timeline": GROUND,
    "measures": {"timeline"},
    "db": {"keys", "settings"},
    "migrate": {"db", "settings"},
    "grants": {"db", "models"},
    "spreadsheet": set(),
    "sealed": set(),
    "listener": set(),
    "audit": {"db", "models"},
    "turns": {"models"},
    "i18n": {"clock", "languages"},
    "web": GROUND | {"i18n", "db"},
    "visit": SHARED - {"visit"},
    "signin": SHARED,
    "help": SHARED | {"signin"},
    # A signature binds the version of a record; the walk of a night looks at all of them.
    "signing": SHARED,
    "locks": DESK,
    "signoff": DESK | {"signin", "signing"},
    "outbox": SHARED | {"signing"},
    "staff": SHARED | {"outbox"},
    # From what was told to who is notified: rules find, flags keep, alerts notify, outbox sends.
    "rules": {"protocol", "timeline", "i18n", "languages", "strict"},
    "alerts": SHARED | {"rules", "outbox"},
    "flags": DESK | {"rules", "alerts", "outbox"},
    # The whole trial: measures over timelines, pooled; a crossed line makes a task.
    "board": DESK | {"measures", "worklist", "outbox"},
    # A specimen is judged as it is entered.
    "specimens": DESK | {"flags"},
    "figures": DESK | {"rules", "alerts", "flags"},
    "thresholds": DESK | {"rules", "flags", "signin", "signing"},
    # What a phone sends, once; an answer that cannot wait leads to help.
    "sent": SHARED | {"flags"},
    "diary": PHONE | {"rules"},
    "checkins": PHONE | {"rules", "diary"},
    # What a phone without a network sealed is told by the services of the pages.
    "mailbox": PHONE | {"diary", "checkins", "signin"},
    "worksheets": SHARED | {"sent", "staff"},
    "framing": DESK,
    # What a participant sees of their own record: the words are those of the rooms that tell it.
    "mine": SHARED | {"sent", "diary", "checkins", "brief", "signin", "worksheets"},
    "appointments": SHARED,
    "notes": SHARED | {"appointments", "worksheets", "signin", "signing"},
    "treatment": DESK | {"appointments", "notes", "signin", "signing"},
    "caseload": DESK | {"rules", "appointments", "worksheets"},
    "brief": DESK | {"rules", "flags", "appointments", "caseload", "worksheets"},
    # What is told to staff is written by the services that the phone's pages use.
    "interview": DESK | {"sent", "flags", "diary", "checkins"},
    # An alert is promoted to an adverse event, and named by the words of the rules.
    "adverse": DESK | {"rules", "flags", "spreadsheet"},
    # Data for analysis: the words of columns are those of the rooms that ask; the worker makes
    # the files.
    "exports": DESK
    | {"rules", "diary", "adverse", "leaving", "specimens", "outbox", "spreadsheet", "sealed"},
    # Whom to call, by when: who is told of it by mail is a matter of the alert list.
    "worklist": DESK | {"sent", "rules", "alerts", "outbox"},
    # Whether somebody comes to sessions is part of how they stand in the trial.
    "enrolment": DESK | {"signin", "appointments", "worklist", "locks"},
    "consent": DESK,
    # Consent that was taken back is judged at once; the phone sends it as anything else.
    "leaving": DESK | {"sent", "flags", "worklist"},
    "site": DESK | {"alerts", "outbox"},
    "trail": DESK | {"outbox", "spreadsheet"},
    # Accounts: who is let in by which link, and whose alerts go to whom when somebody leaves.
    "colleagues": DESK | {"signin", "flags", "alerts", "outbox"},
    # What comes out of a backup is tried by the very application.
    "recovery": GROUND
    | {"audit", "db", "i18n", "web", "migrate", "main", "signin", "outbox", "trail", "sealed"},
    "demo": SHARED
    | {
        "diary",
        "checkins",
        "enrolment",
        "leaving",
        "consent",
        "worklist",
        "rules",
        "flags",
        "alerts",
        "outbox",
        "migrate",
        "signin",
    }
    | {"appointments", "notes", "worksheets", "site", "colleagues", "signing"},
    # The tables of contents: the application, its start, the worker's jobs, the command line.
    "main": EVERYTHING,
    "start": EVERYTHING,
    "doctor": EVERYTHING,
    "jobs": EVERYTHING,
    "commands": EVERYTHING,
    "__main__": EVERYTHING,
}
# The command door imports a room when its verb is called, and never before: help comes at once.
DOOR = "app.__main__"
PURE = (
    "app.rules.families*",
    "app.rules.engine",
    "app.rules.life",
    "app.rules.finding",
    "app.timeline.*",
    "app.measures.*",
    "app.demo.simulator",
    "*.measures",
    "*.scoring",
    "*.transitions",
    "*.sentences",
    "*.sentences.*",
    "*.questions",
    "*.since",
    "app.brief.urine",
)
# The two that read the tables into events.
NOT_PURE = {"app.timeline.tables", "app.timeline.recent"}
# A pure file takes data and a moment: no tables, no web, no clock, no network, no files.
WORLD = (
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "fastapi",
    "httpx",
    "socket",
    "smtplib",
    "aiosmtplib",
    "subprocess",
    "secrets",
    "time",
    "os",
)
STATE = {"app.db", "app.audit", "app.models", "app.web", "app.visit", "app.signin", "app.settings"}
CLOCKS = ("now", "utcnow", "today", "utc_now", "monotonic", "perf_counter")


def pure_files() -> list[str]:
    return [
        name
        for name in modules()
        if name not in NOT_PURE and any(fnmatch.fnmatch(name, glob) for glob in PURE)
    ]


def test_every_room_and_file_beside_the_rooms_is_on_the_map():
    found = {module.unit for module in modules().values()} - {"app"}
    assert len(found) >= 15
    assert found - MAP.keys() == set(), "enter the new room in MAP, with the rooms it may know"


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_module_imports_only_what_the_map_allows(name):
    module = modules()[name]
    allowed = MAP.get(module.unit, set()) | {module.unit}
    if allowed & EVERYTHING or module.unit == "app":
        return
    used = {target.split(".")[1] for target in app_imports(module) if "." in target}
    assert used - allowed == set(), f"{module.where} may not know these"


def test_the_product_knows_nothing_that_only_proves_it():
    """Benchmarks and tests stand on the product; it is shipped without them."""
    beside = {"bench", "tests", "migrations"}
    found = {
        name: {each.target for each in imports(module.tree)}
        for name, module in modules().items()
        if beside & {each.target.partition(".")[0] for each in imports(module.tree)}
    }
    assert found == {}


def test_the_map_itself_has_no_circle():
    rooms = {unit: targets & MAP.keys() for unit, targets in MAP.items() if "*" not in targets}
    while rooms:
        free = [unit for unit, targets in rooms.items() if not targets & rooms.keys() - {unit}]
        assert free, f"a circle among {sorted(rooms)}"
        for unit in free:
            del rooms[unit]


@pytest.mark.parametrize("name", sorted(modules()))
def test_no_module_reaches_itself(name):
    assert name not in reachable(name)


# What migrates a database, and the client that pings: a server that needs neither carries neither.
LARGE = ("app.migrate", "app.outbox.ping")


@pytest.mark.parametrize("name", sorted(modules()))
def test_nothing_is_imported_inside_a_function_or_by_its_name(name):
    module = modules()[name]
    inside = [
        each.line
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for each in imports(node)
    ]
    by_name = [
        call.lineno
        for call in calls(module.tree)
        if dotted(call.func).rpartition(".")[2] in ("import_module", "__import__")
    ]
    if name in {DOOR, *LARGE}:
        inside = []
    assert (inside, by_name) == ([], []), module.where


def test_the_door_itself_imports_no_room():
    top = {
        each.target.partition(".")[0]
        for node in modules()[DOOR].tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for each in imports(node)
    }
    assert top and "app" not in top


def test_the_pure_files_are_there_to_be_held():
    found = pure_files()
    assert {"app.rules.engine", "app.rules.life", "app.timeline.measures"} <= set(found)
    assert len(found) >= 15


@pytest.mark.parametrize("name", pure_files())
def test_a_pure_file_takes_data_and_a_moment_and_nothing_else(name):
    tree = modules()[name].tree
    outside = {each.target.split(".")[0] for each in imports(tree)} & set(WORLD)
    asked = {
        dotted(call.func) for call in calls(tree) if dotted(call.func).rpartition(".")[2] in CLOCKS
    }
    assert (outside, asked) == (set(), set())
    state = {
        target
        for target in reachable(name)
        if any(target == each or target.startswith(each + ".") for each in STATE)
    }
    assert state - {"app.settings"} == set()


def test_no_rule_and_no_simulated_person_knows_the_other():
    """A simulator that reads the rules would prove them with themselves."""
    for name in modules():
        if name.startswith("app.demo.simulator"):
            assert not [each for each in reachable(name) if each.startswith("app.rules")]
        if name.startswith("app.rules"):
            assert not [each for each in reachable(name) if each.startswith("app.demo")]
