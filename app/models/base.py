"""What every table shares: names for all constraints, public ids, UTC moments."""

import secrets
from base64 import b32encode
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from app.clock import DatedZone

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata: MetaData = SQLModel.metadata


class Moment(UTCDateTime):
    """An aware moment, kept as UTC; read in one step, for a record holds thousands."""

    cache_ok = True

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        read = self.impl_instance.dialect_impl(dialect).result_processor(dialect, coltype)
        if read is None:
            return super().result_processor(dialect, coltype)

        def moment(stored: Any) -> datetime | None:
            found: datetime | None = read(stored)
            return None if found is None else found.replace(tzinfo=UTC)

        return moment


def table(model: type[SQLModel]) -> Table:
    """The table of a model, for statements: each is named once, beside its model."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    for column in found.columns:
        if type(column.type) is UTCDateTime:
            column.type = Moment()
    return found


def public_id() -> str:
    """Eighty random bits, 16 characters: what URLs carry instead of row numbers."""
    return b32encode(secrets.token_bytes(10)).decode().lower()


# 64 bits for whatever counts rows. SQLite's INTEGER has them, and it alone numbers rows by itself.
_NUMBER: Any = BigInteger().with_variant(Integer(), "sqlite")


def number(**options: Any) -> Any:
    """A row's number or a place in a sequence: 64 bits on either database."""
    return Field(sa_type=_NUMBER, **options)


def row_id() -> Any:
    """The row's own number, given by the database."""
    return number(default=None, primary_key=True)


def refers(target: str, **options: Any) -> Any:
    """The number of another row: ``target`` is table.column."""
    return number(foreign_key=target, **options)


def json_column(**options: Any) -> Any:
    return Field(sa_column=Column(JSON, nullable=options.pop("nullable", False)), **options)


def text_column(**options: Any) -> Any:
    return Field(sa_column=Column(Text, nullable=options.pop("nullable", False)), **options)


class ZoneWithFormer(TypeDecorator[str]):
    """A zone as text, and its former ones with it."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> DatedZone | None:
        return None if value is None else DatedZone.load(value)


def one_of(column: str, values: tuple[str, ...], name: str | None = None) -> CheckConstraint:
    """A CHECK that holds ``column`` to ``values``: the database validates as well."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or column)


def between(column: str, low: float, high: float) -> CheckConstraint:
    return CheckConstraint(f"{column} >= {low} AND {column} <= {high}", name=f"{column}_range")


class Received(SQLModel):
    """What every entry about a participant carries: when it came, and how.

    ``received_at`` is the server's clock and decides; ``client_at`` is what the
    phone said, kept beside it and never used in its place.
    """

    received_at: datetime
    client_at: datetime | None = None
    provenance: str = Field(default="same_day", max_length=16)
    superseded_at: datetime | None = None


PROVENANCES = ("same_day", "late", "recalled", "with_staff", "by_phone")


class DayEntry(Received):
    """An entry about one local calendar day of a participant.

    ``change_reason`` says why a day was changed after it had closed; ``entered_by`` is the staff
    member who entered what the participant told.
    """

    day: date
    change_reason: str | None = Field(default=None, max_length=200)
    entered_by: int | None = refers("staff.id", default=None)
