"""The command line of this room: `daybook safety replay` and `compare` over the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from app.clock import utc_now
from app.db import Database
from app.flags.replayable import Replayable, replayables
from app.protocol.loader import load_protocol
from app.rules.commands import asked_for, print_lines, refuse
from app.rules.compare import burden, compare, weeks_of
from app.rules.printed import burden_lines, comparison_lines
from app.rules.replay import Line
from app.settings import Settings


def replayed(
    protocol: Path | None, until: str | None, participant: str | None, *, as_json: bool
) -> None:
    """Print the flags of one stored participant, or of everybody with the burden they are."""
    asked = asked_for(protocol, until, as_json=as_json)
    lines: list[Line] = []
    weeks = 0.0
    for record in _stored(participant):
        # A protocol that was asked for by name holds throughout a stored record.
        versions = {} if protocol is not None else record.versions
        lines += print_lines(record.timeline, asked, versions, named=participant is None)
        weeks += weeks_of(record.timeline, asked.until)
    if participant is None and not as_json:
        typer.echo("\n".join(burden_lines(burden(lines, weeks))))


def compared(protocol: Path, participant: str | None, until: str | None) -> None:
    """What other thresholds would have flagged on the stored data, beside what is in force."""
    asked = asked_for(protocol, until, as_json=False)
    pairs = ((record.timeline, record.versions) for record in _stored(participant))
    for line in comparison_lines(compare(pairs, load_protocol(), asked.rules, asked.until)):
        typer.echo(line)


def _stored(code: str | None) -> Iterator[Replayable]:
    database = Database(Settings())
    try:
        with database.read() as session:
            found = 0
            for record in replayables(session, utc_now(), code=code):
                found += 1
                yield record
            if code is not None and not found:
                refuse(f"no participant has the code {code}")
    finally:
        database.close()
