"""The floor of the brief: a Core read of the same rows into a minimal template."""

from pathlib import Path
from typing import Any

import brotli
from jinja2 import Environment
from sqlalchemy import Connection, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from app.db import Database
from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT
from app.models.counseling import BRIEF_READING, COUNSELING_SESSION
from app.models.diary import (
    DOSE,
    DRINK_DAY,
    NOTE,
    SUBSTANCE_DAY,
)
from app.models.flags import FLAG
from app.models.people import (
    AUTH_SESSION,
    HOLD,
    PARTICIPANT,
    STAFF,
)
from app.models.trial import URINALYSIS
from app.models.worksheets import (
    ASSIGNMENT,
    WORKSHEET,
    WORKSHEET_COPY,
)
from app.visit.tokens import token_hash
from app.web.middleware import HEADERS
from bench.people import settings_of

_OF_PARTICIPANT = [
    select(table)
    for table in (
        *(DOSE, DRINK_DAY, SUBSTANCE_DAY, URINALYSIS, COUNSELING_SESSION, NOTE, FLAG),
        *(HOLD, BRIEF_READING, ASSIGNMENT, WORKSHEET, WORKSHEET_COPY),
    )
]
_CHECKINS = select(CHECKIN, CHECKIN_JUDGEMENT).join(
    CHECKIN_JUDGEMENT, CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id
)
_TEMPLATE = Environment(autoescape=True).from_string(
    "<!doctype html><title>{{ code }}</title><table>{% for row in rows %}"
    "<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
SHOWN = 28


def floor(folder: Path) -> Starlette:
    return floor_of(Database(settings_of(folder)))


def floor_of(database: Database) -> Starlette:
    def page(request: Request) -> Response:
        with database.engine.connect() as connection:
            return _page(connection, request)

    return Starlette(routes=[Route("/participants/{code}/brief", page)])


def _page(connection: Connection, request: Request) -> Response:
    token = token_hash(request.cookies["__Host-sid"])
    connection.execute(
        select(STAFF.c.id)
        .join(AUTH_SESSION, AUTH_SESSION.c.staff_id == STAFF.c.id)
        .where(AUTH_SESSION.c.token_hash == token)
    ).one()
    code = request.path_params["code"]
    who = connection.execute(
        select(PARTICIPANT.c.id).where(PARTICIPANT.c.public_id == code)
    ).scalar_one()
    rows: list[Any] = []
    for statement in _OF_PARTICIPANT:
        table = statement.get_final_froms()[0]
        rows += connection.execute(statement.where(table.c.participant_id == who)).all()
    rows += connection.execute(_CHECKINS.where(CHECKIN.c.participant_id == who)).all()
    html = _TEMPLATE.render(code=code, rows=rows[:SHOWN])
    packed = brotli.compress(html.encode(), mode=brotli.MODE_TEXT, quality=5)
    headers = {"Content-Encoding": "br", "Cache-Control": "no-store", **HEADERS}
    return HTMLResponse(packed, headers=headers)
