"""The command line of this room: `daybook safety replay` and `daybook safety compare`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import typer

from app.clock import utc_now
from app.db import Database
from app.flags.replayable import Replayable, replayables
from app.protocol.loader import known_versions, load_protocol
from app.protocol.model import Protocol, ProtocolError
from app.rules.compare import burden, compare, weeks_of
from app.rules.printed import burden_lines, comparison_lines, flag_line
from app.rules.replay import replay
from app.settings import Settings
from app.timeline.events import ProtocolChange
from app.timeline.json_fields import Refused, moment
from app.timeline.json_form import TimelineError, loads
from app.timeline.timeline import Timeline


def replayed(
    file: Path | None,
    protocol: Path | None,
    until: str | None,
    participant: str | None,
    *,
    as_json: bool,
    cohort: bool,
) -> None:
    """Print every flag that the live system would have raised for recorded timelines."""
    try:
        rules = load_protocol(protocol)
        end = moment(until) if until is not None else None
        found = _asked_for(file, participant, cohort, rules)
        lines, weeks = [], 0.0
        for record in found:
            _warn_of_versions(record.timeline, record.versions)
            # A protocol that was asked for by name holds throughout a stored record.
            chosen = protocol is not None and file is None
            raised = replay(record.timeline, rules, end, {} if chosen else record.versions)
            lines += raised
            weeks += weeks_of(record.timeline, end)
            for line in raised:
                header = record.timeline.participant
                typer.echo(flag_line(line, header, as_json=as_json, named=cohort))
    except (ProtocolError, TimelineError) as error:
        _refuse(str(error))
    except Refused as error:
        _refuse(f"--until: {error}")
    if cohort and not as_json:
        typer.echo("\n".join(burden_lines(burden(lines, weeks))))


def compared(protocol: Path, participant: str | None, until: str | None) -> None:
    """What other thresholds would have flagged on the stored data, beside what is in force."""
    try:
        other, end = load_protocol(protocol), moment(until) if until is not None else None
    except ProtocolError as error:
        _refuse(str(error))
    except Refused as error:
        _refuse(f"--until: {error}")
    pairs = ((record.timeline, record.versions) for record in _stored(participant))
    for line in comparison_lines(compare(pairs, load_protocol(), other, end)):
        typer.echo(line)


def _asked_for(
    file: Path | None, participant: str | None, cohort: bool, rules: Protocol
) -> Iterator[Replayable]:
    """The file, or who was asked for. Raises TimelineError; ends the command with a remedy."""
    if sum((file is not None, participant is not None, cohort)) != 1:
        _refuse("name one of: a timeline file, --participant CODE, --cohort")
    if file is None:
        return _stored(participant)
    versions = {**known_versions(), rules.version: rules}
    return iter([Replayable(_timeline_in(file), versions)])


def _timeline_in(file: Path) -> Timeline:
    try:
        return loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        _refuse(f"{file.name}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        _refuse(f"{file.name}: is not UTF-8 text")


def _stored(code: str | None) -> Iterator[Replayable]:
    database = Database(Settings())
    try:
        with database.read() as session:
            found = 0
            for record in replayables(session, utc_now(), code=code):
                found += 1
                yield record
            if code is not None and not found:
                _refuse(f"no participant has the code {code}")
    finally:
        database.close()


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _warn_of_versions(timeline: Timeline, versions: dict[str, Protocol]) -> None:
    named = {event.version for event in timeline.events if isinstance(event, ProtocolChange)}
    for version in sorted(named - set(versions)):
        typer.echo(f"protocol version {version} is not known here: thresholds stay", err=True)
