"""Every form of participants as its page sends it, and the address that takes it."""

from app.audit import SYSTEM
from app.visit.gate import audiences
from app.worksheets.service import start
from tests.cast import NOW
from tests.checkin import submit_checkin

DAY = "2026-11-22"
ENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
# One form that each address accepts: what is hostile is added to it.
GOOD: dict[str, list[tuple[str, str]]] = {
    "/today/urges": [("alcohol_craving", "6"), ("opioid_craving", "0"), ("method", "each")],
    "/today/urges/{public_id}": [("alcohol_craving", "6"), ("method", "each")],
    "/today/week": [("low_mood", "1"), ("own_words", "TEXT"), ("method", "each")],
    "/today/check/{public_id}/{page}": [("nausea", "1"), ("method", "each")],
    "/today/check/{public_id}/save": [],
    "/today/list/{public_id}": [("none_p1", "1"), ("method", "rest")],
    "/today/dose": [("answer", "taken")],
    "/day/{day}": [("n:beer:500:5", "1")],
    "/day/{day}/dose": [("answer", "taken")],
    "/day/{day}/other": [("substance", "cannabis")],
    "/day/{day}/other/more": [("note-cannabis", "TEXT")],
    "/day/{day}/dose/back": [("entry", "1")],
    "/me/settings": [("large", "1")],
    "/me/consent": [],
    "/me/leaving": [("scope", "treatment"), ("why", "TEXT")],
    "/calendar/same": [("first", DAY), ("last", DAY)],
    "/calendar/{day}/marker": [("text", "TEXT")],
    "/calendar/{day}/forget": [("entry", "1")],
    "/alive": [],
    "/today/message": [],
    "/call-me": [],
    "/call-me/back": [],
    "/held/drop": [],
    "/sealed/seen": [("entry", "1")],
    "/worksheets/about/{sheet}": [("resume", "1")],
    "/worksheets/{public_id}/{page}": [("change", "TEXT"), ("stood", "")],
    "/worksheets/{public_id}/{page}/draft": [("change", "TEXT"), ("stood", "")],
    "/worksheets/{public_id}/finish": [],
    "/worksheets/{public_id}/share": [("copy", "1")],
    "/worksheets/{public_id}/discard": [],
    "/worksheets/{public_id}/take-back": [],
    "/worksheets/{public_id}/put-away": [],
    "/worksheets/{public_id}/bring-back": [],
    "/worksheets/{public_id}/read": [],
}


def posts(app) -> list[str]:
    return sorted(
        path
        for (method, path), audience in audiences(app).items()
        if method == "POST" and audience.kind == "participant"
    )


def begun(database, who):
    """A check-in of each instrument and a worksheet, begun a moment ago; their public ids."""
    with database.write() as session:
        told = (who, SYSTEM, NOW)
        urges = _checkin(session, "urges", {"alcohol_craving": 10}, told)
        effects = _checkin(session, "side_effects", {"nausea": 0}, told)
        plan = start(session, SYSTEM, who, "change_plan", "en", None, NOW).public_id
    return {"urges": urges, "check": effects, "worksheets": plan}


def _checkin(session, instrument, ratings, told):
    who, actor, now = told
    return submit_checkin(session, who, instrument, ratings, [], actor, now).checkin.public_id


def address(path, ids):
    """A route's path with the day, the page and the row filled in."""
    known = next((ids[kind] for kind in ids if kind in path), ids["check"])
    filled = path.replace("{day}", DAY).replace("{page}", "1").replace("{sheet}", "values")
    return filled.replace("{public_id}", known)
