"""The command line of the rules: `daybook safety replay FILE …`, which needs no database.

It is a door of its own, so that a file is judged without loading the tables and the pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import typer

from app.protocol.loader import known_versions, load_protocol
from app.protocol.model import Protocol, ProtocolError
from app.rules.printed import flag_line
from app.rules.replay import Line, replay
from app.timeline.events import ProtocolChange
from app.timeline.json_fields import Refused, moment
from app.timeline.json_form import TimelineError, loads
from app.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Asked:
    """By what is judged, until when, and how it is printed."""

    rules: Protocol
    until: datetime | None
    as_json: bool


def asked_for(protocol: Path | None, until: str | None, *, as_json: bool) -> Asked:
    """What the options of a replay say; ends the command for what cannot be read."""
    try:
        end = moment(until) if until is not None else None
        return Asked(load_protocol(protocol), end, as_json)
    except ProtocolError as error:
        refuse(str(error))
    except Refused as error:
        refuse(f"--until: {error}")


def replayed_files(
    files: Sequence[Path], protocol: Path | None, until: str | None, *, as_json: bool
) -> None:
    """Print the flags of timelines in files. All are read before the first is judged."""
    asked = asked_for(protocol, until, as_json=as_json)
    timelines = [_timeline_in(file, named=len(files) > 1) for file in files]
    # Read where a record names any: a text of a protocol takes its time.
    changes = any(isinstance(event, ProtocolChange) for one in timelines for event in one.events)
    versions = (known_versions() if changes else {}) | {asked.rules.version: asked.rules}
    for timeline in timelines:
        print_lines(timeline, asked, versions, named=len(files) > 1)


def print_lines(
    timeline: Timeline, asked: Asked, versions: Mapping[str, Protocol], *, named: bool
) -> list[Line]:
    """Replay one timeline and print its flags; ``named`` with the participant's code."""
    _warn_of_versions(timeline, versions)
    raised = replay(timeline, asked.rules, asked.until, versions)
    for line in raised:
        typer.echo(flag_line(line, timeline.participant, as_json=asked.as_json, named=named))
    return raised


def refuse(message: str) -> NoReturn:
    """One plain line, and exit status 2."""
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _timeline_in(file: Path, *, named: bool) -> Timeline:
    try:
        return loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        refuse(f"{file.name}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        refuse(f"{file.name}: is not UTF-8 text")
    except TimelineError as error:
        refuse(f"{file.name}: {error}" if named else str(error))


def _warn_of_versions(timeline: Timeline, versions: Iterable[str]) -> None:
    named = {event.version for event in timeline.events if isinstance(event, ProtocolChange)}
    for version in sorted(named - set(versions)):
        typer.echo(f"protocol version {version} is not known here: thresholds stay", err=True)
