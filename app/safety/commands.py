"""The command line of this room: `daybook safety replay FILE`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app.protocol.loader import load_protocol
from app.protocol.model import Protocol, ProtocolError
from app.safety.replay import Line, replay
from app.safety.wording import sentences, title
from app.timeline.days import local
from app.timeline.events import ProtocolChange
from app.timeline.json_fields import Refused, moment
from app.timeline.json_form import TimelineError, loads
from app.timeline.timeline import Timeline

safety_commands = typer.Typer(help="Safety rules.", no_args_is_help=True)


@safety_commands.callback()
def safety() -> None:
    """Safety rules."""


@safety_commands.command("replay")
def replay_command(
    file: Annotated[Path, typer.Argument(help="A timeline in its JSON form.")],
    protocol: Annotated[
        Path | None, typer.Option("--protocol", help="A protocol file to judge by.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="The last moment to replay, with an offset.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Print every flag that the live system would have raised for a recorded timeline."""
    try:
        rules = load_protocol(protocol)
        bundled = load_protocol()
        timeline = loads(file.read_text(encoding="utf-8-sig"))
        end = moment(until) if until is not None else None
    except (ProtocolError, TimelineError) as error:
        _refuse(str(error))
    except Refused as error:
        _refuse(f"--until: {error}")
    except OSError as error:
        _refuse(f"{file.name}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        _refuse(f"{file.name}: is not UTF-8 text")
    versions = {bundled.version: bundled, rules.version: rules}
    _warn_of_versions(timeline, versions)
    zone = timeline.participant.timezone
    for line in replay(timeline, rules, end, versions):
        typer.echo(
            json.dumps(_as_json(line, zone), ensure_ascii=False)
            if as_json
            else _as_text(line, zone)
        )


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _warn_of_versions(timeline: Timeline, versions: dict[str, Protocol]) -> None:
    named = {event.version for event in timeline.events if isinstance(event, ProtocolChange)}
    for version in sorted(named - set(versions)):
        typer.echo(f"protocol version {version} is not known here: thresholds stay", err=True)


def _as_json(line: Line, zone: str) -> dict[str, object]:
    finding = line.finding
    return {
        "rule": finding.rule,
        "family": finding.family,
        "severity": finding.severity.word,
        "raised_at": _local(line.raised_at, zone),
        "about": _local(finding.about, zone),
        "because": sentences(finding.because),
        "rules_version": line.rules_version,
    }


def _as_text(line: Line, zone: str) -> str:
    finding = line.finding
    head = (
        f"{_local(line.raised_at, zone)}  {finding.severity.word:<9}  {finding.rule:<6}"
        f"  {title(finding.rule)} (about {_local(finding.about, zone)})"
    )
    return "\n".join([head, *(f"    {text}" for text in sentences(finding.because))])


def _local(value: datetime, zone: str) -> str:
    return local(value, zone).isoformat()
