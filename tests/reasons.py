"""A watch over every form that any test sends: a reason that was given is in the audit entry.

It stands in the gate of every app of the tests, so a form that is new tomorrow is watched as well.
A reason that is nowhere in what the request noted for the trail is a fault of ours, a 500.
"""

import json
import re
from typing import Any

from app.db import noted_entries
from app.visit import gate

NAMES = re.compile(r"reason\w*|why|asked_by|because")
"""what a field is called that asks why"""
seen: set[tuple[str, str]] = set()
"""the routes and fields whose reason was found on record so far"""


class Dropped(AssertionError):
    """A reason was asked for, given, and put on no record."""


def watch() -> None:
    """Once for the whole run; asked again it does nothing."""
    let_go = gate._Passage._let_go
    if getattr(let_go, "watches", False):
        return

    def held_to_its_reason(self: Any, session: Any, me: Any, answer: Any) -> None:
        let_go(self, session, me, answer)
        changed = [
            one
            for one in noted_entries(session)
            if not one["action"].endswith(".same") and one["action"] != "record.read"
        ]
        if not self.write or not changed or getattr(answer, "status_code", 200) >= 400:
            return
        for name, values in self.form.fields.items():
            for text in filter(None, (value.strip() for value in values)):
                if NAMES.fullmatch(name):
                    _hold(self.request.scope["endpoint"].__name__, name, text, changed)

    held_to_its_reason.watches = True  # type: ignore[attr-defined]
    gate._Passage._let_go = held_to_its_reason  # type: ignore[method-assign]


def _hold(route: str, name: str, text: str, entries: list[dict[str, Any]]) -> None:
    told = [one["reason"] + json.dumps(one["changes"], ensure_ascii=False) for one in entries]
    written = json.dumps(text, ensure_ascii=False).strip('"')
    if not any(text in one or written in one for one in told):
        raise Dropped(f"{route} asks for {name!r} and its audit entry does not have it")
    seen.add((route, name))
