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
from app.models.checkin import Checkin, CheckinJudgement
from app.models.counseling import BriefReading, CounselingSession
from app.models.diary import Dose, DrinkDay, Note, SubstanceDay
from app.models.flags import Flag
from app.models.people import AuthSession, Hold, Participant, Staff
from app.models.trial import Urinalysis
from app.models.worksheets import Assignment, Worksheet, WorksheetCopy
from app.visit.tokens import token_hash
from app.web.middleware import HEADERS
from bench.people import settings_of


def _table(model: Any) -> Any:
    return model.__table__


_S, _T, _P, _C, _J = map(_table, (AuthSession, Staff, Participant, Checkin, CheckinJudgement))
_OF_PARTICIPANT = [
    select(table)
    for table in map(
        _table,
        (
            *(Dose, DrinkDay, SubstanceDay, Urinalysis, CounselingSession, Note, Flag),
            *(Hold, BriefReading, Assignment, Worksheet, WorksheetCopy),
        ),
    )
]
_CHECKINS = select(_C, _J).join(_J, _J.c.checkin_id == _C.c.id)
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
        select(_T.c.id).join(_S, _S.c.staff_id == _T.c.id).where(_S.c.token_hash == token)
    ).one()
    code = request.path_params["code"]
    who = connection.execute(select(_P.c.id).where(_P.c.public_id == code)).scalar_one()
    rows: list[Any] = []
    for statement in _OF_PARTICIPANT:
        table = statement.get_final_froms()[0]
        rows += connection.execute(statement.where(table.c.participant_id == who)).all()
    rows += connection.execute(_CHECKINS.where(_C.c.participant_id == who)).all()
    html = _TEMPLATE.render(code=code, rows=rows[:SHOWN])
    packed = brotli.compress(html.encode(), mode=brotli.MODE_TEXT, quality=5)
    headers = {"Content-Encoding": "br", "Cache-Control": "no-store", **HEADERS}
    return HTMLResponse(packed, headers=headers)
