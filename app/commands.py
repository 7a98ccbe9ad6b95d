"""What the commands of the house do; the door (``daybook VERB``) imports it when one is called."""

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from urllib.request import Request, urlopen

import typer
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session

from app import audit, logs
from app.addresses import spellings
from app.alerts.alerting import notify_next
from app.clock import utc_now
from app.colleagues.forms import ColleagueForm
from app.colleagues.queries import account_of
from app.colleagues.service import add as add_colleague
from app.db import Database, UnsafeDatabase
from app.demo.links import sign_in_links
from app.doctor import examine
from app.grants import grant
from app.i18n import translator
from app.jobs import ERRANDS, JOBS
from app.keys import KeyFileError
from app.languages import ENGLISH
from app.models.people import PARTICIPANT, SITE, STAFF
from app.outbox.commands import run_worker
from app.protocol.model import ProtocolError
from app.recovery.backup import BackupError
from app.recovery.rotate import CannotRotate
from app.settings import Settings
from app.signin import factors
from app.signin import staff as staff_sign_in
from app.signin.sessions import end_others
from app.signing import queries as signatures
from app.site.forms import SiteForm
from app.site.service import open_site
from app.start import (
    CannotStart,
    check_port,
    check_production,
    fill_if_empty,
    mail_faults,
    prepare,
)
from app.start import (
    serve as serve_forever,
)
from app.timeline.json_out import dump
from app.timeline.tables import read_timeline
from app.web.forms import FormModel, say

F = TypeVar("F", bound=FormModel)
ENGLISH_WORDS = translator(ENGLISH)


def run() -> None:
    """Web and alert worker in one process, with the demo cohort: everything embedded."""
    logs.begin()
    settings = Settings(demo=True)
    check_port(settings)
    database = prepare(settings)
    filled = fill_if_empty(database)
    typer.echo(f"Daybook runs at {settings.base_url}")
    typer.echo("Eight simulated participants were written." if filled else "The data was kept.")
    typer.echo("\nOne-time sign-in links, good for 24 hours:")
    for role, url in sign_in_links(database, utc_now()):
        typer.echo(f"  {role:<12} {url}")
    if not settings.smtp_url:
        typer.echo(
            f"\nMail goes to files under {settings.mail_dir} and to {settings.base_url}/mailbox"
        )
    sys.stdout.flush()
    _say_who_gets_no_mail(database)
    serve_forever(settings, database, with_worker=True)


def serve() -> None:
    """The web server alone, for production; run 'daybook worker' beside it."""
    logs.begin()
    settings = Settings()
    check_production(settings)
    check_port(settings)
    database = prepare(settings)
    _say_who_gets_no_mail(database)
    serve_forever(settings, database, with_worker=False)


def _say_who_gets_no_mail(database: Database) -> None:
    """Nothing is sent: every mail is made as it would be, to everybody who may be told.

    The worker starts beside a database that is away for a while, and waits for it.
    """
    try:
        found = mail_faults(database, utc_now())
    except (DBAPIError, NoConnection):
        found = ["whom no mail reaches was not looked up: the database did not answer"]
    for line in found:
        typer.echo(f"daybook: {line}", err=True)


def worker() -> None:
    """Send alert mail and keep the clock, until told to stop; several may run at once."""
    logs.begin()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    settings = Settings()
    with closing(Database(settings)) as database:
        _say_who_gets_no_mail(database)
    run_worker(settings, stop, jobs=JOBS, on_refused=notify_next, errands=ERRANDS)


def healthy() -> None:
    """Exit status 0 if the server on this machine answers that all is well, 1 if not."""
    settings = Settings()
    headers = {"Host": settings.host_name}
    try:
        answer = urlopen(  # noqa: S310 - always http
            Request(f"{settings.own_address}/healthz", headers=headers),  # noqa: S310
            timeout=4,
        )
    except OSError as error:
        raise typer.Exit(1) from error
    raise typer.Exit(0 if answer.status == 200 else 1)


def doctor() -> None:
    """A plain sentence for everything that is wrong; nothing is changed or sent."""
    found = list(examine(Settings(), utc_now))
    for line in found:
        typer.echo(f"- {line}")
    typer.echo(f"{len(found)} to mend." if found else "All is well.")
    raise typer.Exit(1 if found else 0)


def migrate(role: str = "") -> None:
    """Bring the database to the newest schema, and give the service's role what it needs."""
    with closing(prepare(Settings())) as database:
        if role:
            grant(database, role)


def new_site(name: str, zone: str, emergency: str, crisis: str, clinic: str) -> None:
    """Open a site, on a server that may be empty."""
    said = {"name": name, "timezone": zone, "emergency": emergency}
    form = _asked(SiteForm, {**said, "crisis": crisis, "clinic": clinic})
    with closing(prepare(Settings())) as database, database.write() as session:
        if session.execute(select(SITE.c.id).where(SITE.c.name == form.name)).first():
            raise CannotStart(f"a site with the name {form.name} is there already")
        open_site(session, form, utc_now())
    typer.echo(f"{form.name} is open. Its first account: daybook staff new EMAIL --name NAME")


def new_staff(email: str, name: str, role: str, site: str, language: str) -> None:
    """An account at a site, and the link by which its owner comes in and sets a password."""
    said = {"email": email, "name": name, "role": role, "language": language or ENGLISH}
    form, settings = _asked(ColleagueForm, said), Settings()
    with closing(prepare(settings)) as database, database.write() as session:
        if account_of(session, form.email) is not None:
            raise CannotStart(f"{form.email} has an account already; see 'daybook staff link'")
        wanted = select(SITE.c.id, SITE.c.name)
        sites = session.execute(wanted.where(SITE.c.name == site) if site else wanted).all()
        if len(sites) != 1:
            raise CannotStart(
                f"{len(sites)} sites fit: name one with --site, or open one with 'daybook site new'"
            )
        actor, now = audit.system(sites[0].id), utc_now()
        new = add_colleague(session, sites[0].id, form, actor, now)
        code = staff_sign_in.make_link(session, new, actor, now)
    typer.echo(f"{settings.base_url}/sign-in/link#{code}")


def _asked(model: type[F], said: dict[str, str]) -> F:
    """The same checks as on a page; raises CannotStart with a line for each fault."""
    try:
        return model(**said)
    except ValidationError as error:
        lines = (f"--{_name(one['loc'])}: {say(one, ENGLISH_WORDS)}" for one in error.errors())
        raise CannotStart("; ".join(lines)) from error


def _name(place: tuple[int | str, ...]) -> str:
    return {"timezone": "zone"}.get(str(place[0]), str(place[0]))


def staff_link(email: str, lost_factor: bool = False) -> None:
    """A one-time sign-in link for a staff member, for the first sign-in or a lost password."""
    settings = Settings()
    with closing(Database(settings)) as database, database.write() as session:
        found = session.execute(
            select(STAFF.c.id, STAFF.c.site_id, STAFF.c.active).where(
                STAFF.c.email.in_(spellings(email))
            )
        ).first()
        if found is None:
            raise CannotStart(f"no staff member has the address {email}")
        if not found.active:
            raise CannotStart(f"{email} is switched off: an administrator can switch it on again")
        actor = audit.system(found.site_id)
        now = utc_now()
        if lost_factor:
            _end_factors(session, found.id, actor, now)
        code = staff_sign_in.make_link(session, found.id, actor, now)
    typer.echo(f"{settings.base_url}/sign-in/link#{code}")


def _end_factors(session: Session, staff_id: int, actor: audit.Actor, now: datetime) -> None:
    """For a lone administrator: what it ends is on record."""
    changes = {"apps": [factors.remove_all(session, staff_id), []]}
    end_others(session, staff_id, None, now)
    subject = audit.Subject("staff", staff_id)
    reason = "daybook staff link --lost-factor"
    audit.record(session, actor, "factor.reset", subject, now=now, changes=changes, reason=reason)


def export_timeline(code: str, site: str) -> None:
    """One participant's timeline as JSON (format daybook-timeline/1) on standard output."""
    with closing(Database(Settings())) as database, database.read() as session:
        wanted = select(PARTICIPANT.c.id).where(PARTICIPANT.c.code == code)
        if site:
            wanted = wanted.join(SITE, SITE.c.id == PARTICIPANT.c.site_id).where(
                SITE.c.name == site
            )
        numbers = session.execute(wanted).scalars().all()
        if len(numbers) != 1:
            where = f" at {site}" if site else ""
            raise CannotStart(f"{len(numbers)} participants have the code {code}{where}")
        found = replace(read_timeline(session, numbers[0], due=True), exported_at=utc_now())
        exported = dump(found)
    json.dump(exported, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def verify_audit(root: str = "") -> None:
    """Walk the hash chains and the signatures; exit status 1 if anything is missing or altered."""
    with closing(Database(Settings())) as database, database.engine.connect() as connection:
        trail, faults = audit.verify(connection)
        faults += signatures.faults(connection)
        if root and not audit.was_witnessed(connection, root):
            faults.append(f"no entry tells of the root {root}: the trail was cut or rewritten")
    for fault in faults:
        typer.echo(fault)
    for one in trail.heads:
        typer.echo(f"{audit.named(one.chain)}: {one.count} entries, head {one.hash}")
    typer.echo(f"{trail.count} entries, root {trail.root}")
    raise typer.Exit(1 if faults else 0)


def remedies(error: Exception) -> list[str]:
    """What to do about an error that has a remedy, in plain lines; of any other nothing."""
    if isinstance(
        error,
        BackupError | CannotRotate | CannotStart | KeyFileError | ProtocolError | UnsafeDatabase,
    ):
        return [str(error)]
    return list(_of_settings(error)) if isinstance(error, ValidationError) else []


def _of_settings(error: ValidationError) -> Iterator[str]:
    """What is wrong with which setting; never its value, which may hold a password."""
    for one in error.errors(include_input=False, include_url=False):
        name, text = f"DAYBOOK_{one['loc'][0]}".upper(), one["msg"].removeprefix("Value error, ")
        if one["type"] != "default_factory_not_called":
            yield text if text.startswith("DAYBOOK_") else f"{name}: {text}"
