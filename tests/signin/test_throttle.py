"""Who waits after wrong attempts: the account soon, the address late, strangers for themselves."""

import asyncio

import httpx
import pytest
import uvicorn
from pydantic import ValidationError
from sqlalchemy import select
from starlette.requests import Request

from app.audit import SYSTEM
from app.models.audit import AuditEntry
from app.settings import Settings
from app.signin import phone, throttle
from app.signin.phone_routes import client_address
from app.start import CannotStart, check_production, server_options
from app.visit.tokens import new_code
from tests.cast import PASSWORD

PETROVA = "petrova@clinic.test"
ADDRESS, ACCOUNT = "address:192.0.2.1", "staff:someone"
_A = AuditEntry.__table__


def attempts(database, clock, key, times):
    """The waits of ``times`` attempts in a row, in seconds; zero: it was let through."""
    waits = []
    for _ in range(times):
        with database.write() as session:
            waits.append(throttle.attempt(session, (key,), clock()).total_seconds())
    return waits


@pytest.mark.parametrize(("key", "free"), [(ACCOUNT, 2), (ADDRESS, 50)])
def test_the_error_after_the_free_ones_makes_the_next_wait(database, clock, key, free):
    assert attempts(database, clock, key, free + 2) == [0] * (free + 1) + [1]
    clock.forward(seconds=1)
    assert attempts(database, clock, key, 2) == [0, 2]


def test_the_wait_of_an_address_ends_after_a_quarter_of_an_hour_at_most(database, clock):
    attempts(database, clock, ADDRESS, 51)
    waits = []
    for _ in range(12):
        waits += attempts(database, clock, ADDRESS, 1)
        clock.forward(seconds=waits[-1])
        attempts(database, clock, ADDRESS, 1)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_time_forgives_an_address_and_no_account(database, clock):
    attempts(database, clock, ADDRESS, 50)
    attempts(database, clock, ACCOUNT, 2)
    clock.forward(minutes=10)
    assert attempts(database, clock, ADDRESS, 12) == [0] * 11 + [1]
    assert attempts(database, clock, ACCOUNT, 2) == [0, 1]


def test_a_right_password_forgets_the_errors_of_its_account(database, clock):
    attempts(database, clock, ACCOUNT, 3)
    with database.write() as session:
        throttle.forget(session, ACCOUNT)
    assert attempts(database, clock, ACCOUNT, 4) == [0, 0, 0, 1]


def sign_in(browser, password=PASSWORD, email=PETROVA):
    return browser.post("/sign-in", {"email": email, "password": password})


def test_staff_get_in_although_strangers_fail_at_the_same_address(browser, clock):
    for n in range(14):
        sign_in(browser, "wrong", f"nobody{n}@elsewhere.test")
        clock.forward(seconds=2 ** max(n - 1, 0) if n < 13 else 0)
    assert sign_in(browser.another()).status_code == 303


def test_an_invitation_opens_although_strangers_guess_at_the_same_address(
    browser, database, cast, clock
):
    for _ in range(14):
        assert browser.post("/start", {"code": new_code()}).status_code == 422
    with database.write() as session:
        code = phone.invite(session, cast.anna, None, SYSTEM, clock())
    assert browser.another().post("/start", {"code": code}).headers["location"] == "/start/pin"


def test_of_sixteen_first_attempts_at_once_three_are_looked_at(browser, app, database):
    base = app.state.settings.base_url

    async def send():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url=base,
            headers={"Origin": base, "Accept-Language": "en"},
        ) as client:
            form = {"email": PETROVA, "password": "wrong"}
            return await asyncio.gather(*[client.post("/sign-in", data=form) for _ in range(16)])

    answers = browser._portal.call(send)
    assert {answer.status_code for answer in answers} == {422}
    assert sum("Too many attempts" in answer.text for answer in answers) == 13
    with database.read() as session:
        actions = list(session.execute(select(_A.c.action)).scalars())
    assert actions.count("session.refuse") == 3


# --- behind the proxy that speaks https ---------------------------------------------------

PROXY = "10.0.0.2"


def seen_as(trusted, peer, forwarded):
    """The address that the throttle counts for a request of ``peer`` saying ``forwarded``."""
    seen = []

    async def app(scope, receive, send):
        seen.append(client_address(Request(scope)))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    config = uvicorn.Config(app, **server_options(Settings(trusted_proxy=trusted)))
    config.load()

    async def ask():
        transport = httpx.ASGITransport(app=config.loaded_app, client=(peer, 40000))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await client.get("/", headers={"X-Forwarded-For": forwarded})

    asyncio.run(ask())
    return seen[0]


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "counted"),
    [
        ("", PROXY, "192.0.2.7", PROXY),
        (PROXY, PROXY, "192.0.2.7", "192.0.2.7"),
        ("10.0.0.0/24, 127.0.0.1", PROXY, "192.0.2.7", "192.0.2.7"),
        (PROXY, "10.0.0.3", "192.0.2.7", "10.0.0.3"),
        (PROXY, PROXY, "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (PROXY, PROXY, "x" * 500, "unknown"),
        (PROXY, PROXY, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (PROXY, PROXY, "::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_client_is_named_by_the_trusted_proxy_alone(trusted, peer, forwarded, counted):
    assert seen_as(trusted, peer, forwarded) == counted


@pytest.mark.parametrize("value", ["*", "proxy", "10.0.0.1/24", "0.0.0.0/0", "::/0"])
def test_a_proxy_that_is_no_address_or_everybody_stops_the_start(value):
    with pytest.raises(ValidationError, match="DAYBOOK_TRUSTED_PROXY"):
        Settings(trusted_proxy=value)


def test_a_real_server_wants_to_know_its_proxy(tmp_path):
    key = tmp_path / "daybook.key"
    key.touch()
    known = {
        "data_dir": tmp_path / "data",
        "key_file": key,
        "smtp_url": "smtp://localhost",
        "base_url": "https://daybook.test",
    }
    with pytest.raises(CannotStart, match="DAYBOOK_TRUSTED_PROXY"):
        check_production(Settings(**known))
    check_production(Settings(**known, trusted_proxy="127.0.0.1"))
