"""In whatever order people act: what changed has its entry, and what has an entry changed.

Every form of the phone and a few of the staff, in drawn orders, new and sent again.
"""

import random
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app.models.audit import AUDIT_ENTRY
from app.models.base import metadata
from tests.house.phone import GOOD
from tests.house.tables import digest

pytestmark = pytest.mark.sweep

# What nobody tells of anybody: counters, turns, what only waits, and when somebody was last seen.
BESIDE = {name for name, table in metadata.tables.items() if "unaudited" in table.info}
BESIDE |= {"auth_session"}
# Somebody looked, and nothing else.
LOOKS = {"record.read"}
STAFF = {
    "/participants/{who}/hold": {"from_day": "2026-11-25", "until_day": "2026-11-26"},
    "/participants/{who}/first-dose": {"first_dose_on": "2026-11-22"},
    "/participants/{who}/time-zone": {"timezone": "Europe/Samara"},
    "/participants/{who}/phones/end": {},
    "/participants/{who}/invitation": None,
}
ORDERS = (1, 2, 3)
STEPS = 70


@pytest.mark.req("R1")
@pytest.mark.parametrize("order", ORDERS)
def test_each_change_has_its_entry_by_whoever_made_it_and_nothing_else_has_one(
    send, people, cast, database, order
):
    drawn = random.Random(order)
    phone = sorted(GOOD)
    paths = [*phone, *phone, *STAFF]
    steps = [(drawn.choice(paths), drawn.randrange(3)) for _ in range(STEPS)]
    who = public_id(database, cast.boris)
    for path, token in steps:
        before, known = digest(database, without=BESIDE), len(entries(database))
        if path in STAFF:
            actor, role = f"staff:{cast.ivanova}", "investigator"
            form = STAFF[path]
            more = {} if form is None else {**form, "reason": f"because {token}"}
            more["idem"] = f"{path[-5:]}{token}"
            answer = people[role].post(path.replace("{who}", who), more)
        else:
            actor = f"participant:{cast.anna}"
            body = [(name, value) for name, value in GOOD[path] if name != "idem"]
            answer = send(path, urlencode([*body, ("idem", f"{path[-8:]}{token}")]))
        assert answer.status_code < 500, path
        new = [one for one in entries(database)[known:] if one.action not in LOOKS]
        changed = digest(database, without=BESIDE) != before
        assert changed == bool(new) or all(one.action.endswith(".same") for one in new), (path, new)
        assert {one.actor for one in new} <= {actor, "system:daybook", "system:rules"}, (path, new)


def public_id(database, participant: int) -> str:
    participants = metadata.tables["participant"]
    with database.read() as session:
        wanted = select(participants.c.public_id).where(participants.c.id == participant)
        return str(session.execute(wanted).scalar_one())


def entries(database):
    with database.read() as session:
        ordered = select(AUDIT_ENTRY.c.actor, AUDIT_ENTRY.c.action)
        return list(
            session.execute(
                ordered.order_by(AUDIT_ENTRY.c.at, AUDIT_ENTRY.c.chain, AUDIT_ENTRY.c.seq)
            )
        )
