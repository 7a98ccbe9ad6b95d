"""The floor: bare Starlette and the raw driver, the same rows and as many bytes, nothing else.

One form POST, one session lookup, the last seven days, the rows of one urges check-in with its
audit entry in one durable commit, one redirect.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import sqlcipher3.dbapi2 as sqlcipher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.db import PRAGMAS
from app.keys import read_keys
from app.web.middleware import HEADERS
from bench.people import settings_of

PARTICIPANT = (
    "SELECT p.id, p.site_id FROM auth_session s JOIN device d ON d.id = s.device_id "
    "JOIN participant p ON p.id = d.participant_id WHERE s.token_hash = ? AND s.ended_at IS NULL"
)
DAYS = ("dose", "drink_day", "substance_day")


def connect(folder: Path) -> Any:
    settings = settings_of(folder)
    keys = read_keys(settings.key_path)
    connection = sqlcipher.connect(
        str(settings.sqlite_path), isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA key = \"x'{keys.database}'\"")
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    return connection


def floor(folder: Path) -> Starlette:
    database = connect(folder)

    async def check(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        now = datetime.now(UTC).replace(tzinfo=None)
        database.execute("BEGIN IMMEDIATE")
        who, site = database.execute(PARTICIPANT, (_hash(request),)).fetchone()
        _last_days(database, who, now)
        _write(database, who, site, form, now)
        database.execute("COMMIT")
        headers = {"Location": "/today", **HEADERS, "Cache-Control": "no-store"}
        headers["Vary"] = "HX-Request, Cookie, Accept-Language, Accept-Encoding"
        answer = Response(status_code=303, headers=headers)
        answer.set_cookie("__Host-note", "saved", 60, secure=True, httponly=True, samesite="lax")
        return answer

    return Starlette(routes=[Route("/today/urges", check, methods=["POST"])])


def _hash(request: Request) -> str:
    return hashlib.sha256(request.cookies["__Host-sid"].encode()).hexdigest()


def _last_days(database: Any, who: int, now: datetime) -> None:
    since = (now - timedelta(days=7)).date().isoformat()
    for table in DAYS:
        database.execute(
            f"SELECT * FROM {table} WHERE participant_id = ? AND day >= ?", (who, since)
        ).fetchall()
    database.execute(
        "SELECT c.*, j.* FROM checkin c JOIN checkin_judgement j ON j.checkin_id = c.id "
        "WHERE c.participant_id = ? AND c.started_at >= ?",
        (who, since),
    ).fetchall()


def _write(database: Any, who: int, site: int, form: dict[str, str], now: datetime) -> None:
    at = now.isoformat(" ")
    ratings = json.dumps({k: int(v) * 10 for k, v in form.items() if k.endswith("_craving")})
    checkin = database.execute(
        "INSERT INTO checkin (public_id, participant_id, token, instrument, version, language, "
        "layout, started_at, finished_at, provenance) "
        "VALUES (?, ?, ?, 'urges', 1, 'en', 'pages', ?, ?, 'same_day')",
        (secrets.token_hex(8), who, form["idem"], at, at),
    ).lastrowid
    database.execute(
        "INSERT INTO checkin_page (checkin_id, page, revision, method, ratings, signs, texts, "
        "received_at) VALUES (?, 'urges', 1, 'each', ?, '[]', '{}', ?)",
        (checkin, ratings, at),
    )
    database.execute(
        "INSERT INTO checkin_judgement (checkin_id, n, at, complete, ratings, signs) "
        "VALUES (?, 1, ?, 1, ?, '[]')",
        (checkin, at, ratings),
    )
    digest = hashlib.sha256(ratings.encode()).hexdigest()
    database.execute(
        "INSERT INTO submission (participant_id, token, kind, body_hash, subject_id, received_at) "
        "VALUES (?, ?, 'checkin', ?, ?, ?)",
        (who, form["idem"], digest, checkin, at),
    )
    seq, previous = database.execute(
        "SELECT seq, hash FROM audit_entry WHERE chain = ? ORDER BY seq DESC LIMIT 1", (site,)
    ).fetchone()
    link = hashlib.sha256((previous + digest).encode()).hexdigest()
    database.execute(
        "INSERT INTO audit_entry (chain, seq, at, actor, role, action, subject_kind, subject_id, "
        "reason, request_id, changes, changes_digest, previous, hash) "
        "VALUES (?, ?, ?, ?, 'participant', 'checkin.add', 'checkin', ?, '', ?, ?, ?, ?, ?)",
        (site, seq + 1, at, f"participant:{who}", checkin, secrets.token_hex(8), ratings, digest,
         previous, link),
    )  # fmt: skip
