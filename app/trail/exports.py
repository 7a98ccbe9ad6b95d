"""The filtered trail as a file: CSV for a spreadsheet, JSON for a program. Pure.

Both are as the page shows it to the same person: what their role may not read is in neither.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from app.i18n import N_
from app.spreadsheet import csv_bytes
from app.trail.shown import Entry, Reader, Shown

FORMAT = "daybook-trail/1"
HEADINGS = (
    N_("Number"),
    N_("Server time (UTC)"),
    N_("Time of the device (UTC)"),
    N_("In words"),
    N_("Who"),
    N_("Role"),
    N_("Action"),
    N_("Kind"),
    N_("Row"),
    N_("Participant"),
    N_("Changes"),
    N_("Reason"),
    N_("Something is left out for your role"),
    N_("Request"),
    N_("SHA-256 of the changes"),
    N_("Hash before"),
    N_("Hash"),
)


def as_csv(entries: Iterable[Entry], reader: Reader) -> bytes:
    tr = reader.tr
    rows = [[tr(heading) for heading in HEADINGS]]
    rows += [_row(reader.shown(entry), reader) for entry in entries]
    return csv_bytes(rows)


def _row(shown: Shown, reader: Reader) -> list[str]:
    entry = shown.entry
    changes, _ = reader.changes(entry)
    return [
        str(entry.seq),
        _utc(entry.at),
        _utc(entry.client_at),
        shown.sentence,
        entry.actor,
        entry.role,
        entry.action,
        entry.subject_kind,
        str(entry.subject_id),
        entry.code or "",
        json.dumps(changes, ensure_ascii=False) if changes else "",
        shown.reason,
        reader.tr("yes") if shown.withheld else reader.tr("no"),
        entry.request_id,
        entry.changes_digest,
        entry.previous,
        entry.hash,
    ]


def as_json(
    entries: Iterable[Entry], reader: Reader, about: Mapping[str, Any], now: datetime
) -> bytes:
    found = {
        "format": FORMAT,
        "site": reader.me.site_name,
        "exported_at": _utc(now),
        "exported_by": reader.me.actor.name,
        "role": reader.me.role,
        "filter": dict(about),
        "entries": [_object(reader.shown(entry), reader) for entry in entries],
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _object(shown: Shown, reader: Reader) -> dict[str, Any]:
    entry = shown.entry
    return {
        "number": entry.seq,
        "at": _utc(entry.at),
        "device_at": _utc(entry.client_at) or None,
        "words": shown.sentence,
        "actor": entry.actor,
        "role": entry.role,
        "action": entry.action,
        "kind": entry.subject_kind,
        "row": entry.subject_id,
        "participant": entry.code,
        "changes": reader.changes(entry)[0],
        "reason": shown.reason,
        "something_left_out": shown.withheld,
        "request": entry.request_id,
        "changes_digest": entry.changes_digest,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""
