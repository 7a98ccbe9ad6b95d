"""One host has many spellings: all of them work, or stop the start with the remedy."""

import asyncio
import signal
import socket
from email.utils import parseaddr

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import update

from app import audit
from app import commands as command
from app.addresses import host_in_header, mailbox, same_origin
from app.alerts.queries import recipients
from app.audit import SYSTEM, Subject
from app.main import create_app
from app.models.people import Staff
from app.outbox.queue import Claimed
from app.outbox.smtp import deliver, server_of
from app.settings import Settings
from app.signin.staff import Account, start_attempt
from app.start import CannotStart, check_port, mail_faults, server_options
from tests.cast import NOW, PASSWORD
from tests.databases import settings_in
from tests.smtp import mail_server

CYRILLIC, ASCII = "дневник.рф", "xn--b1addnkoc.xn--p1ai"
ORIGINS = {
    "https://daybook.test": [
        "https://daybook.test/",
        "https://Daybook.TEST",
        "HTTPS://daybook.test",
        "https://daybook.test:443",
        "https://daybook.test.",
        " https://daybook.test\n",
        "https://day\u200bbook.test\u200e",
    ],
    f"https://{ASCII}": [f"https://{CYRILLIC}", "https://ДНЕВНИК.РФ:443/", f"https://{ASCII}"],
    "http://localhost:8000": ["http://LOCALHOST:8000/"],
    "http://localhost": ["http://localhost:80"],
    "https://daybook.test:8443": ["https://daybook.test:8443/"],
    "http://[::1]:8000": ["http://[0:0::1]:8000"],
}
REFUSED = {
    "base_url": [
        "daybook.test",
        "ftp://daybook.test",
        "https://",
        "https://daybook.test/app",
        "https://daybook.test/?a=1",
        "https://me:secret@daybook.test",
        "https://daybook.test:port",
        "https://daybook.test:0",
        "https://daybook.test:99999",
        "https://day book.test",
        "https://-daybook.test",
        "https://a..b",
        "https://127.1",
        "https://0x7f.1",
        "https://2130706433",
    ],
    "hide_url": ["www.wikipedia.org", "javascript:alert(1)", "//evil.test", "https://a b/"],
    "ping_url": ["ping.test", "file:" + "///etc/passwd", "https://ping.test:port/"],
    "smtp_url": [
        "mail.test",
        "http://mail.test",
        "smtp://",
        "smtp://me:se/cret@mail.test",
        "smtp://me:se#cret@mail.test",
        "smtp://mail.test:port",
        "smtp://mail.test/path",
        "smtp://me@mail.test",
        "smtp://:secret@mail.test",
    ],
    "mail_from": [
        "",
        "Daybook",
        "daybook@",
        "Daybook <дневник@clinic.test>",
        "a@b@c d",
        "a@b c",
        "a..b@c.test",
        "daybook.@c.test",
        "a@[127.0.0.1]",
        "Ann <a@b.test>, Bo <b@b.test>",
    ],
    "database_url": ["mysql://localhost/daybook", "postgresql+psycopg2://localhost/daybook"],
    "trusted_proxy": ["proxy.test", "10.0.0.1/24"],
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_every_spelling_of_an_origin_is_the_one_that_browsers_send(origin):
    for spelled in [origin, *ORIGINS[origin]]:
        settings = Settings(base_url=spelled)
        assert settings.base_url == settings.origin == origin, spelled
        assert settings.host_name == httpx.URL(origin).raw_host.decode().strip("[]"), spelled


@pytest.mark.parametrize(
    "spelled", ["https://Daybook.Test:443/", f"https://{CYRILLIC}", "https://daybook.test:8443"]
)
def test_a_browser_gets_in_however_the_address_was_written(database, cast, clock, spelled):
    """An old one, which names its origin and nothing more; with the host as browsers write it."""
    settings = database.settings.model_copy(update={"base_url": Settings(base_url=spelled).origin})
    app = create_app(settings, database, clock)

    async def send():
        base = settings.origin
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            form = {"email": "petrova@clinic.test", "password": PASSWORD}
            shown = await client.get("/sign-in")
            sent = await client.post("/sign-in", data=form, headers={"Origin": base})
            return shown.status_code, sent.status_code

    assert asyncio.run(send()) == (200, 303)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in REFUSED for v in REFUSED[n]])
def test_what_cannot_work_stops_the_start_with_the_name_of_the_setting(name, value):
    setting = f"DAYBOOK_{name}".upper()
    with pytest.raises(ValidationError) as problem:
        Settings(**{name: value})
    said = list(command.remedies(problem.value))
    assert said and said[0].startswith(setting), said
    assert "secret" not in " ".join(said) and "cret@" not in " ".join(said)


def test_every_other_address_is_brought_into_one_form():
    settings = Settings(
        hide_url="HTTPS://погода.рф/Питер?q=а",
        ping_url="https://Ping.Test:443/abc",
        smtp_url=" SMTPS://me%40clinic.test:p%2Fw@Почта.рф:587 ",
        database_url="POSTGRES://me@db/daybook",
        trusted_proxy=" 10.0.0.2 , [::1]",
    )
    weather, post = ("погода.рф".encode("idna").decode(), "почта.рф".encode("idna").decode())
    assert settings.hide_url == f"https://{weather}/%D0%9F%D0%B8%D1%82%D0%B5%D1%80?q=%D0%B0"
    assert settings.ping_url == "https://ping.test/abc"
    assert settings.database_url == "postgresql://me@db/daybook" and not settings.uses_sqlite
    assert settings.trusted_proxy == "10.0.0.2/32,::1/128"
    server = server_of(settings.smtp_url, settings.mail_dir, settings.mail_from)
    assert (server.host, server.port, server.tls) == (post, 587, True)
    assert (server.username, server.password) == ("me@clinic.test", "p/w")


def test_a_proxy_is_known_by_its_mapped_address_too():
    trusted = server_options(Settings(trusted_proxy="10.0.0.0/24"))["forwarded_allow_ips"]
    assert trusted == "10.0.0.0/24,::ffff:10.0.0.0/120"


SAME = [(ours, told) for ours in ORIGINS for told in [ours, *ORIGINS[ours]]]
OTHERS = [
    "null",
    "",
    "https://",
    "[",
    "https://[::1",
    "https://day book.test",
    "ftp://daybook.test",
]


def test_what_a_browser_names_is_compared_in_the_one_form_of_the_settings():
    """Whole addresses too, as Referer has them; nonsense is at no place, not even at its own."""
    for ours, told in SAME:
        assert same_origin(told, ours) and same_origin(f"{told.strip(' /')}/a?b=c", ours), told
    assert same_origin("https://xn--fuball-cta.test/", "https://fußball.test")
    for told in OTHERS:
        assert not same_origin(told, "https://daybook.test") and not same_origin(told, told), told


def test_a_server_that_is_named_by_its_ipv6_address_is_found_there():
    """From the one setting: it listens there, says that it is well, and keeps Safari's cookies."""
    here = Settings(base_url="http://[::1]:8000", demo=True)
    assert (here.host, here.host_name, here.plain_demo) == ("::1", "::1", True)
    assert Settings().host == Settings(base_url="https://daybook.test").host == "127.0.0.1"
    assert Settings(host="0.0.0.0").own_address == "http://127.0.0.1:8000"
    with socket.socket(socket.AF_INET6) as taken:
        taken.bind(("::1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        busy = Settings(base_url=f"http://[::1]:{port}", port=port)
        assert busy.own_address == f"http://[::1]:{port}"
        with pytest.raises(CannotStart, match="in use"):
            check_port(busy)
    check_port(busy)


def test_an_address_of_another_machine_is_not_called_a_port_in_use():
    with pytest.raises(CannotStart, match="DAYBOOK_HOST"):
        check_port(Settings(host="203.0.113.9"))


def test_the_worker_names_whoever_gets_no_mail_as_the_server_does(
    database, cast, capsys, monkeypatch
):
    rename(database, cast.orlova, "orlova")
    begun = []
    monkeypatch.setattr(command, "Settings", lambda: database.settings)
    monkeypatch.setattr(command, "run_worker", lambda *_, **__: begun.append(1))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    command.worker()
    assert f"no mail reaches staff member {cast.orlova}" in capsys.readouterr().err
    nowhere = "postgresql://nobody@127.0.0.1:1/daybook"
    away = Settings(key_file=database.settings.key_path, database_url=nowhere)
    monkeypatch.setattr(command, "Settings", lambda: away)
    command.worker()
    assert "did not answer" in capsys.readouterr().err
    assert begun == [1, 1], "it waits for a database that is away"


@pytest.mark.parametrize("value", ["", "a b", "[::1", "x" * 300, "\x00", "дневник.рф@"])
def test_a_host_header_of_nonsense_is_no_host(value):
    assert host_in_header(value) in ("", "x" * 300) or value == "дневник.рф@"


def mail_to(recipient):
    return Claimed(1, "<one@daybook.test>", recipient, "Тема", "Текст", "<p>Т</p>", NOW, 1, 1)


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        (f"daybook@{CYRILLIC}", "", f"daybook@{ASCII}"),
        (f"Дневник <Daybook@{CYRILLIC.upper()}>", "Дневник", f"Daybook@{ASCII}"),
        ("Daybook, the clinic's <daybook@clinic.test>", "Daybook, the clinic's", None),
        ('"Daybook (trial)" <daybook@Clinic.Test>', "Daybook (trial)", None),
        ("Daybook <daybook@localhost>", "Daybook", "daybook@localhost"),
    ],
)
def test_mail_leaves_under_every_sender_that_starts(sender, name, address, tmp_path):
    with mail_server() as box:
        settings = Settings(mail_from=sender, smtp_url=box.url)
        server = server_of(settings.smtp_url, tmp_path, settings.mail_from)
        done = asyncio.run(deliver(mail_to(f"orlova@{CYRILLIC}"), server, 10))
        assert done.outcome == "sent", done
        ((recipient, mail),) = box.mails
    assert recipient == f"orlova@{ASCII}"
    found = mail["From"].addresses[0]
    assert (found.display_name, found.addr_spec) == (name, address or "daybook@clinic.test")
    assert parseaddr(str(mail["To"]))[1] == f"orlova@{ASCII}"


def rename(database, staff, email):
    with database.write() as session:
        table = Staff.__table__
        session.execute(update(table).where(table.c.id == staff).values(email=email))
        audit.record(session, SYSTEM, "test.email", Subject("staff", staff), now=NOW)


@pytest.mark.parametrize(
    "email", [f"орлова@{CYRILLIC}", "orlova", "orlova@", "orlova@a..b", "a b@clinic.test"]
)
def test_the_start_names_whoever_gets_no_mail_and_sends_nothing(database, cast, email, capsys):
    assert mail_faults(database, NOW) == []
    rename(database, cast.orlova, email)
    (line,) = mail_faults(database, NOW)
    assert line.startswith(f"no mail reaches staff member {cast.orlova} (coordinator): the address")
    assert ("SMTPUTF8" in line) == (email.startswith("о"))
    assert email not in line
    command._say_who_gets_no_mail(database)
    assert capsys.readouterr().err == f"daybook: {line}\n"


def test_a_contact_with_a_cyrillic_domain_is_on_the_list_like_any_other(database, cast):
    rename(database, cast.orlova, f"orlova@{CYRILLIC}")
    assert mail_faults(database, NOW) == []
    with database.read() as session:
        assert cast.orlova in [one.staff_id for one in recipients(session, cast.site, None)]


@pytest.mark.parametrize("stored", [f"orlova@{CYRILLIC}", f"orlova@{ASCII}"])
def test_staff_sign_in_under_every_spelling_of_their_address(database, cast, clock, stored):
    rename(database, cast.orlova, stored)
    for typed in (
        f"orlova@{CYRILLIC}",
        f"Orlova@{ASCII.upper()}",
        f" ORLOVA@{CYRILLIC.upper()} ",
        f"\u2068orlova@{CYRILLIC}\u2069",
        f"orlova@\u200b{CYRILLIC}.",
    ):
        clock.forward(hours=1)
        with database.write() as session:
            found = start_attempt(session, typed, "::1", clock())
        assert isinstance(found, Account) and found.id == cast.orlova, typed


def test_attempts_on_one_account_count_together_under_every_spelling(database, cast, clock):
    waits = []
    for typed in (f"a@{CYRILLIC}", f"a@{ASCII}", f"A@{CYRILLIC.upper()}", f"a@{ASCII}."):
        with database.write() as session:
            waits.append(start_attempt(session, typed, "::1", clock()))
    assert [isinstance(one, Account) for one in waits] == [True, True, True, False]


def test_one_mailbox_is_written_in_one_way(tmp_path):
    assert mailbox(f" Orlova@{CYRILLIC.upper()}.\n") == f"Orlova@{ASCII}"
    assert settings_in(tmp_path).mail_from == "Daybook <daybook@localhost>"
