"""The one command door: ``daybook VERB``.

It knows every verb with its words, and nothing of the house: a room is imported when its verb is
called, so that help comes at once. Besides it, only what is large and hardly ever used is
imported inside a function.
"""

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

# What is loaded at a start stays: looking through it for garbage costs a sixth of the start. A
# server looks more often once it is up (`settle_memory`).
gc.set_threshold(200_000, 20, 20)

Does = TypeVar("Does", bound=Callable[..., None])


class Verb(TyperCommand):
    """Goes by the site's own protocol, if there is one; help alone reads nothing."""

    def invoke(self, ctx: Any) -> Any:
        from app.protocol.loader import use_protocol
        from app.settings import Settings

        use_protocol(Settings().protocol_file)
        return super().invoke(ctx)


class Door(typer.Typer):
    """Every command is a ``Verb``; what is typed without one is told what there is."""

    def __init__(self, words: str) -> None:
        super().__init__(
            help=words, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
        )
        # With a callback even a single verb keeps its name.
        self.callback()(lambda: None)

    def verb(self, name: str | None = None) -> Callable[[Does], Does]:
        return self.command(name, cls=Verb)


door = Door("A companion for a clinical trial.")
audit = Door("The audit trail.")
export = Door("Files for analysis.")
keys = Door("The secret key.")
outbox = Door("Mail: send refused mail again.")
safety = Door("Flags: replay a timeline.")
site = Door("Sites of the study.")
staff = Door("Staff accounts.")
for name, one in (
    ("safety", safety),
    ("export", export),
    ("audit", audit),
    ("key", keys),
    ("site", site),
    ("staff", staff),
    ("outbox", outbox),
):
    door.add_typer(one, name=name)


@door.verb()
def run() -> None:
    """Web and alert worker in one process, with the demo cohort: everything embedded."""
    from app import commands

    commands.run()


@door.verb()
def serve() -> None:
    """The web server alone, for production; run 'daybook worker' beside it."""
    from app import commands

    commands.serve()


@door.verb()
def worker() -> None:
    """Send alert mail and keep the clock, until told to stop; several may run at once."""
    from app import commands

    commands.worker()


@door.verb()
def healthy() -> None:
    """Exit status 0 if the server on this machine answers that all is well, 1 if not."""
    from app import commands

    commands.healthy()


@door.verb()
def doctor() -> None:
    """Say what is missing or unsafe, and how to mend it; exit status 1 if anything is."""
    from app import commands

    commands.doctor()


@door.verb()
def migrate(
    role: Annotated[
        str,
        typer.Option("--for", help="on PostgreSQL, as the owner: the role that the service has"),
    ] = "",
) -> None:
    """Bring the database to the newest schema."""
    from app import commands

    commands.migrate(role)


@door.verb()
def demo(
    participants: Annotated[
        int,
        typer.Option(
            min=0,
            help="how many to simulate; 0: the eight with a story. Up to 30 is sensible: what each "
            "tells goes through the product itself, 5 to 10 seconds for 24 weeks",
        ),
    ] = 0,
    weeks: Annotated[int, typer.Option(min=1, max=24, help="weeks since the first dose")] = 24,
    seed: Annotated[int, typer.Option(help="the same seed tells the same stories")] = 1,
) -> None:
    """Fill the database with simulated participants."""
    from app.demo import commands

    commands.demo(participants, weeks, seed)


@door.verb()
def backup(
    folder: Annotated[Path | None, typer.Argument(help="else DAYBOOK_BACKUP_DIR")] = None,
) -> None:
    """Write a sealed backup of everything, while the service goes on."""
    from app.recovery import commands

    commands.backup(folder)


@door.verb()
def restore(path: Path) -> None:
    """Put a backup back into an empty place, under the key that it was made with."""
    from app.recovery import commands

    commands.restore(path)


@door.verb("restore-drill")
def restore_drill(
    path: Annotated[Path | None, typer.Argument(help="else the newest")] = None,
    root: Annotated[str, typer.Option(help="a root that a daily mail told")] = "",
    into: Annotated[
        str,
        typer.Option(help="postgresql://… of an empty database; else an encrypted file for now"),
    ] = "",
) -> None:
    """Restore a backup apart, look it through, and tell; exit status 1 if anything is wrong."""
    from app.recovery import commands

    commands.drill(path, root, into)


@door.verb()
def archive(
    folder: Annotated[Path | None, typer.Argument(help="else DAYBOOK_ARCHIVE_DIR")] = None,
    site: Annotated[str, typer.Option(help="its name; else every site")] = "",
) -> None:
    """Write a site's own copy, which is read and verified without Daybook."""
    from app.recovery import commands

    commands.archive(folder, site)


@keys.verb("new")
def new_key(path: Path) -> None:
    """Write a new random key file, readable by its owner alone."""
    from app.keys import make_key_file

    make_key_file(path)


@keys.verb("rotate")
def rotate_key() -> None:
    """Change the key for a new one, with the service stopped; goes on after a break."""
    from app.recovery import commands

    commands.rotate()


@site.verb("new")
def new_site(
    name: Annotated[str, typer.Argument(help="as participants and staff read it")],
    zone: Annotated[str, typer.Option(help="where its clocks are, such as Europe/Moscow")],
    emergency: Annotated[str, typer.Option(help="the emergency number, such as 112")],
    crisis: Annotated[str, typer.Option(help="a crisis line, if there is one")] = "",
    clinic: Annotated[str, typer.Option(help="the clinic's number, if there is one")] = "",
) -> None:
    """Open a site; its first administrator comes with 'daybook staff new'."""
    from app import commands

    commands.new_site(name, zone, emergency, crisis, clinic)


@staff.verb("new")
def new_staff(
    email: str,
    name: Annotated[str, typer.Option(help="as colleagues read it")],
    role: Annotated[str, typer.Option(help="admin for the first, who invites everybody else")],
    site: Annotated[str, typer.Option(help="its name, where there are several")] = "",
    language: Annotated[str, typer.Option(help="of the pages and mails, such as ru")] = "",
) -> None:
    """Make an account and print its first one-time sign-in link."""
    from app import commands

    commands.new_staff(email, name, role, site, language)


@staff.verb("link")
def staff_link(
    email: str,
    lost_factor: Annotated[
        bool, typer.Option(help="end their apps and recovery codes too, where nobody else can")
    ] = False,
) -> None:
    """A one-time sign-in link for a staff member, for the first sign-in or a lost password."""
    from app import commands

    commands.staff_link(email, lost_factor)


@export.verb("timeline")
def export_timeline(
    code: str, site: Annotated[str, typer.Option(help="its name, where two have the code")] = ""
) -> None:
    """One participant's timeline as JSON (format daybook-timeline/1) on standard output."""
    from app import commands

    commands.export_timeline(code, site)


@audit.verb("verify")
def verify_audit(
    root: Annotated[str, typer.Option(help="a root that a daily mail told")] = "",
) -> None:
    """Walk the hash chains; exit status 1 if an entry or a chain is missing or was altered."""
    from app import commands

    commands.verify_audit(root)


@outbox.verb("retry")
def retry() -> None:
    """Send refused mail once more, after an address or the mail server was put right."""
    from app.outbox import commands

    commands.retry()


ProtocolOption = Annotated[
    Path | None, typer.Option("--protocol", help="A protocol file to judge by.")
]
UntilOption = Annotated[
    str | None, typer.Option("--until", help="The last moment to replay, with an offset.")
]
CodeOption = Annotated[
    str | None, typer.Option("--participant", help="A participant's code, from the database.")
]


@safety.verb("replay")
def replay(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Timelines in their JSON form; of several each line is named."),
    ] = None,
    protocol: ProtocolOption = None,
    until: UntilOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    participant: CodeOption = None,
    cohort: Annotated[bool, typer.Option("--cohort", help="Everybody in the database.")] = False,
) -> None:
    """Print every flag that the live system would have raised for recorded timelines."""
    if sum((bool(files), participant is not None, cohort)) != 1:
        typer.echo("name one of: timeline files, --participant CODE, --cohort", err=True)
        raise typer.Exit(2)
    if files:
        from app.rules import commands as rules

        rules.replayed_files(files, protocol, until, as_json=as_json)
        return
    from app.flags import commands

    commands.replayed(protocol, until, participant, as_json=as_json)


@safety.verb("compare")
def compare(
    protocol: Annotated[Path, typer.Option("--protocol", help="The other protocol file.")],
    participant: CodeOption = None,
    until: UntilOption = None,
) -> None:
    """What other thresholds would have flagged on the stored data, beside what is in force."""
    from app.flags import commands

    commands.compared(protocol, participant, until)


@safety.verb("diagram")
def diagram() -> None:
    """Print the page about the life of a flag, as the documentation holds it."""
    from app.rules.diagram import page

    typer.echo(page(), nl=False)


def main() -> None:
    """Errors that have a remedy are one plain line, not a trace."""
    try:
        door()
    except Exception as error:
        from app.commands import remedies

        if not (lines := remedies(error)):
            raise
        for line in lines:
            typer.echo(f"daybook: {line}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
