"""Bring the product up: key, database, demo, then the server."""

import errno
import gc
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from ipaddress import ip_network
from typing import Any

import uvicorn
from sqlalchemy import Connection, select, true

from app.clock import utc_now
from app.db import Database
from app.demo.cohort import NotOurs, fill_demo, is_empty, refuse_others
from app.keys import make_key_file
from app.listener import Listener
from app.main import create_app
from app.migrate import is_newest, migrate
from app.models.people import STAFF
from app.outbox.smtp import unsendable
from app.settings import Settings

_STAFF = (
    select(STAFF.c.id, STAFF.c.role, STAFF.c.email)
    .where(STAFF.c.active == true())
    .order_by(STAFF.c.id)
)


class CannotStart(Exception):
    """The product must not start like this; the message is the remedy."""


def prepare(settings: Settings) -> Database:
    """A key if there is none, and a database at the newest schema; a failure leaves none open."""
    if not settings.key_path.exists():
        make_key_file(settings.key_path)
    with ExitStack() as failed:
        database = Database(settings)
        failed.callback(database.close)
        with database.writing.connect() as connection:
            if settings.demo:
                _refuse_others(connection)
            newest = is_newest(connection)
        if not newest:
            migrate(database)
        failed.pop_all()
    return database


def _refuse_others(connection: Connection) -> None:
    """Sign-in links of real people are printed by no demo. Raises CannotStart."""
    try:
        refuse_others(connection)
    except NotOurs as not_ours:
        raise CannotStart(str(not_ours)) from None


def check_production(settings: Settings) -> None:
    """What the embedded demo may do and a real server may not. Raises CannotStart."""
    for fault in production_faults(settings):
        raise CannotStart(fault)


def production_faults(settings: Settings) -> Iterator[str]:
    """A line with its cure for each setting with which no real server may start."""
    if settings.demo:
        yield "DAYBOOK_DEMO is set: 'daybook serve' runs no demo, use 'daybook run'"
    if settings.key_path.is_relative_to(settings.data_dir):
        yield "the key lies beside the data it opens: put it elsewhere and set DAYBOOK_KEY_FILE"
    if not settings.key_path.exists():
        yield f"no key at {settings.key_path}: make one with 'daybook key new PATH'"
    if not settings.smtp_url:
        yield "no mail server: set DAYBOOK_SMTP_URL, or nobody hears an alert"
    if not settings.base_url.startswith("https://"):
        yield "set DAYBOOK_BASE_URL to the https:// address that browsers see"
    if not settings.trusted_proxy:
        yield (
            "set DAYBOOK_TRUSTED_PROXY to the address of the proxy that speaks https, or the "
            "errors of one stranger would shut everybody's door"
        )


def check_port(settings: Settings) -> None:
    """Say plainly that nothing can listen there, instead of a trace. Raises CannotStart."""
    try:
        kind, _, _, _, place = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = f"port {settings.port} is in use: stop what listens there, or set DAYBOOK_PORT"
        else:
            why = (
                f"nothing can listen at {settings.host}, port {settings.port}: set DAYBOOK_HOST to "
                "an address of this machine, and DAYBOOK_PORT to a free port above 1023"
            )
        raise CannotStart(why) from error


def mail_faults(database: Database, now: datetime) -> list[str]:
    """A plain line for each active staff member whom no mail can reach; nothing is sent."""
    sender = database.settings.mail_from
    with database.read() as session:
        staff = session.execute(_STAFF).all()
    found = ((one, unsendable(one.email, sender, now)) for one in staff)
    return [
        f"no mail reaches staff member {one.id} ({one.role}): the address {why}"
        for one, why in found
        if why
    ]


def fill_if_empty(database: Database, now: datetime | None = None) -> bool:
    """Give an empty database the demo cohort; True if it was empty."""
    with database.read() as session:
        empty = is_empty(session)
    if empty:
        fill_demo(database, now or utc_now())
    return empty


def settle_memory() -> None:
    """What was made at the start stays: looking through it again would cost requests now and
    then a millisecond or two."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def serve(settings: Settings, database: Database, *, with_worker: bool) -> None:
    """Web, and the alert worker beside it if asked; until the process is told to stop."""
    app = create_app(settings, database, with_worker=with_worker)
    settle_memory()
    uvicorn.run(app, **server_options(settings))


def server_options(settings: Settings) -> dict[str, Any]:
    """How the server listens; it takes a client's address from the trusted proxy alone."""
    return {
        "host": settings.host,
        "port": settings.port,
        "access_log": False,
        # Its lines go where all lines go, and in their form (``logs``).
        "log_config": None,
        "server_header": False,
        "proxy_headers": bool(settings.trusted_proxy),
        "forwarded_allow_ips": _as_seen(settings.trusted_proxy),
        "log_level": "warning",
        "timeout_keep_alive": 15,
        "http": Listener,
        "ws": "none",
    }


def _as_seen(proxies: str) -> str:
    """A server that listens on IPv6 sees an IPv4 proxy under its mapped address."""
    networks = [ip_network(one) for one in proxies.split(",") if one]
    mapped = [
        f"::ffff:{one.network_address}/{96 + one.prefixlen}" for one in networks if one.version == 4
    ]
    return ",".join([*map(str, networks), *mapped])
