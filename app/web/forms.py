"""Sent forms: read strictly, checked against a plain Pydantic model, never dropped.

A form is read before the transaction begins, so that a slow sender holds nothing.
Text that no database and no reader can keep (NUL, lone surrogates, direction
overrides) is refused, as are fields that the page does not have.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import parse_qsl

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from app.i18n import N_, Translator

MAX_FIELDS = 300
_UNKEEPABLE = re.compile("[\x00\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What every page may add: the resend token, the phone's clock, how long the page took,
# and under which number the form waited behind the lock.
TECHNICAL = ("idem", "client_at", "seconds", "held")

T = TypeVar("T", bound=BaseModel)


class BadForm(Exception):
    """A form that cannot be read at all; ``text`` is shown to the sender."""

    def __init__(self, text: str, status: int = 400):
        super().__init__(text)
        self.text = text
        self.status = status


class FormModel(BaseModel):
    """Base of every form's model: unknown fields are refused, spaces trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as sent, in order; ``token`` makes a resend harmless."""

    fields: Mapping[str, list[str]]
    token: str = ""
    client_at: datetime | None = None
    seconds: int | None = None
    held: int | None = None
    """the form waited behind the lock under this number"""

    def one(self, name: str, default: str = "") -> str:
        values = self.fields.get(name)
        return values[0] if values else default

    def pairs(self) -> list[tuple[str, str]]:
        """Every name and value again, as hidden inputs of a resend."""
        return [(name, value) for name, values in self.fields.items() for value in values]

    def technical(self) -> list[tuple[str, str]]:
        """The token and the phone's first time, which a resend keeps."""
        told = [("client_at", self.client_at.isoformat())] if self.client_at else []
        return [("idem", self.token), *told]


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """Either ``value`` or ``errors``; ``raw`` is what was typed, for the page again."""

    value: T | None
    errors: dict[str, str] = field(default_factory=dict)
    """field to one plain sentence"""
    raw: Mapping[str, list[str]] = field(default_factory=dict)


async def read_form(request: Request) -> Form:
    """The form of a POST; an empty one for other methods. Raises BadForm."""
    if request.method in ("GET", "HEAD"):
        return Form({})
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if kind not in ("application/x-www-form-urlencoded", ""):
        raise BadForm(N_("This address takes forms only."), 415)
    form = parse_body(await request.body())
    request.state.form = form  # so that an error page can offer it again
    return form


def parse_body(body: bytes) -> Form:
    """Parse ``name=value&…``; raises BadForm for what cannot be kept."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise BadForm(
            N_("The form could not be read. Please go back and send it again.")
        ) from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if _UNKEEPABLE.search(name) or _UNKEEPABLE.search(value):
            raise BadForm(N_("The text has an invisible character that cannot be stored."), 422)
        fields.setdefault(name, []).append(value)
    technical = {name: _single(fields.pop(name, None)) for name in TECHNICAL}
    return Form(
        fields,
        token=technical["idem"][:64],
        client_at=_moment(technical["client_at"]),
        seconds=_small_number(technical["seconds"]),
        held=_small_number(technical["held"]),
    )


def _single(values: list[str] | None) -> str:
    if values and len(values) > 1:
        raise BadForm(N_("A field came twice. Please go back and send the form again."), 422)
    return values[0] if values else ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _small_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


FormDep = Annotated[Form, Depends(read_form)]


def check(model: type[T], form: Form, tr: Translator) -> Checked[T]:
    """Hold ``form`` to ``model``: a list field takes many values, any other just one."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, sent in form.fields.items():
        known = model.model_fields.get(name)
        if known is not None and str(known.annotation).startswith(("list", "tuple")):
            values[name] = sent
        elif len(sent) > 1:
            errors[name] = tr("This came twice. Please answer it once.")
        elif known is not None and sent[0].strip() == "" and not known.is_required():
            continue  # a field left blank is a field left out
        else:
            values[name] = sent[0]
    try:
        value = model.model_validate(values)
    except ValidationError as error:
        errors = {_name(fault): say(fault, tr) for fault in error.errors()} | errors
        value = None
    return Checked(None if errors else value, errors, form.fields)


def _name(fault: Any) -> str:
    return str(fault["loc"][0]) if fault["loc"] else ""


def say(fault: Any, tr: Translator) -> str:
    """A Pydantic fault in plain words; it never repeats what was typed."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "value_error":
        return tr(str(context["error"]))
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        limit = next(iter(context.values()))
        texts = {"g": N_("Must be at least %(limit)s."), "l": N_("Must be at most %(limit)s.")}
        return tr(texts[kind[0]], limit=limit)
    if kind == "string_too_long":
        return tr("Too long: at most %(limit)s characters.", limit=context["max_length"])
    if kind in ("int_parsing", "float_parsing", "int_from_float", "finite_number"):
        return tr("Write a number.")
    if kind.startswith(("date", "time")):
        return tr("Choose a date or time that exists.")
    if kind in ("missing", "string_too_short", "string_type"):
        return tr("Please answer this.")
    if kind == "extra_forbidden":
        return tr("This page has no such field.")
    return tr("Choose one of the answers shown.")
