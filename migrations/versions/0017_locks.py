"""Locks of the record, and the triggers by which the database keeps them."""

from collections.abc import Iterator

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOCKED = "this part of the record is locked"
ONCE = "a lock is set and lifted, and otherwise never changed"
# Of whom, and when: {row} is NEW or OLD.
_LOCK = " ".join(
    (
        "EXISTS (SELECT 1 FROM record_lock l WHERE l.lifted_at IS NULL AND",
        "((l.participant_id = {who} AND (l.scope = 'participant'{days}))",
        "OR (l.scope = 'study' AND l.site_id =",
        "(SELECT site_id FROM participant WHERE id = {who}))))",
    )
)
_OF_DAY = " OR (l.scope = 'visit' AND {when} BETWEEN l.first_day AND l.last_day)"
_OF_MOMENT = " OR (l.scope = 'visit' AND {when} >= l.from_at AND {when} < l.until_at)"
_NOTE = "(SELECT {what} FROM session_note n JOIN counseling_session s ON s.id = n.session_id "
_NOTE += "WHERE n.id = {row}.note_id)"
_CHECKIN = "(SELECT {what} FROM checkin WHERE id = {row}.checkin_id)"
_SESSION = "(SELECT {what} FROM counseling_session WHERE id = {row}.session_id)"


def _locked(who: str, when: str = "", *, day: bool = False) -> str:
    days = (_OF_DAY if day else _OF_MOMENT).format(when=when) if when else ""
    return _LOCK.format(who=who, days=days)


# What staff say themselves: nothing of it comes, goes or changes under a lock.
STAFF = {
    "counseling_session": _locked("{row}.participant_id", "{row}.at"),
    "session_note": _locked("{row}.participant_id", _SESSION.format(what="at", row="{row}")),
    "session_note_text": _locked(
        _NOTE.format(what="n.participant_id", row="{row}"),
        _NOTE.format(what="s.at", row="{row}"),
    ),
    "urinalysis": _locked("{row}.participant_id", "{row}.at"),
}
# What was told: it comes in at any time, and then stands; a newer entry may supersede it.
DAYS = ("dose", "drink_day", "substance_day")
TOLD = {
    "checkin_page": _locked(
        _CHECKIN.format(what="participant_id", row="{row}"),
        _CHECKIN.format(what="started_at", row="{row}"),
    ),
    "checkin_judgement": _locked(
        _CHECKIN.format(what="participant_id", row="{row}"),
        _CHECKIN.format(what="started_at", row="{row}"),
    ),
    "screen": _locked("{row}.participant_id", "{row}.at"),
    "note": _locked("{row}.participant_id", "{row}.at"),
}
OF_CHECKIN = _locked("{row}.participant_id", "{row}.started_at")
OF_DAY = _locked("{row}.participant_id", "{row}.day", day=True)
FIRST_DOSE = _locked("{row}.id")


def upgrade() -> None:
    op.create_table(
        "record_lock",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("scope", STRING(length=12), nullable=False),
        sa.Column("participant_id", NUMBER, nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("from_at", MOMENT(), nullable=True),
        sa.Column("until_at", MOMENT(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", NUMBER, nullable=False),
        sa.Column("set_at", MOMENT(), nullable=False),
        sa.Column("lifted_by", NUMBER, nullable=True),
        sa.Column("lifted_at", MOMENT(), nullable=True),
        sa.CheckConstraint(
            "scope IN ('study', 'participant', 'visit')", name=op.f("ck_record_lock_scope")
        ),
        sa.CheckConstraint(
            "(scope = 'study') = (participant_id IS NULL)", name=op.f("ck_record_lock_whose")
        ),
        sa.CheckConstraint(
            "(scope = 'visit') = (first_day IS NOT NULL AND last_day IS NOT NULL "
            "AND from_at IS NOT NULL AND until_at IS NOT NULL)",
            name=op.f("ck_record_lock_days"),
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_record_lock_lifted")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_record_lock_site_id")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_record_lock_participant_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_record_lock_set_by")),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"], name=op.f("fk_record_lock_lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_lock")),
        sa.UniqueConstraint("public_id", name=op.f("uq_record_lock_public_id")),
    )
    op.create_index(
        "ix_record_lock_participant_id", "record_lock", ["participant_id"], unique=False
    )
    for table, moment, said, condition in _triggers():
        _make(table, moment, said, condition)


def downgrade() -> None:
    for table, moment, *_ in _triggers():
        name = _name(table, moment)
        if _sqlite():
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("record_lock")


def _sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _triggers() -> Iterator[tuple[str, str, str, str]]:
    """(table, moment, what it says, when it does)."""
    for table, locked in STAFF.items():
        old, new = locked.format(row="OLD"), locked.format(row="NEW")
        yield table, "INSERT", LOCKED, new
        yield table, "UPDATE", LOCKED, f"{old} OR {new}"
        yield table, "DELETE", LOCKED, old
    for table in DAYS:
        yield table, "UPDATE", LOCKED, f"{_beyond_superseding(table)} AND ({_either(OF_DAY)})"
        yield table, "DELETE", LOCKED, OF_DAY.format(row="OLD")
    for table, locked in TOLD.items():
        yield table, "UPDATE", LOCKED, _either(locked)
        yield table, "DELETE", LOCKED, locked.format(row="OLD")
    yield "checkin", "DELETE", LOCKED, OF_CHECKIN.format(row="OLD")
    changed = "NEW.first_dose_on IS DISTINCT FROM OLD.first_dose_on"
    yield "participant", "UPDATE", LOCKED, f"{changed} AND {FIRST_DOSE.format(row='OLD')}"
    yield "record_lock", "DELETE", ONCE, "1 = 1"
    yield "record_lock", "UPDATE", ONCE, f"OLD.lifted_at IS NOT NULL OR {_beyond_lifting()}"


def _either(locked: str) -> str:
    return f"{locked.format(row='OLD')} OR {locked.format(row='NEW')}"


def _beyond(table: str, but: tuple[str, ...]) -> str:
    """Another column than these is changed. As text: PostgreSQL compares no JSON."""
    columns = [one["name"] for one in sa.inspect(op.get_bind()).get_columns(table)]
    return " OR ".join(
        f"CAST(NEW.{name} AS TEXT) IS DISTINCT FROM CAST(OLD.{name} AS TEXT)"
        for name in columns
        if name not in but
    )


def _beyond_superseding(table: str) -> str:
    return f"(OLD.superseded_at IS NOT NULL OR {_beyond(table, ('superseded_at',))})"


def _beyond_lifting() -> str:
    return _beyond("record_lock", ("lifted_at", "lifted_by"))


def _name(table: str, moment: str) -> str:
    return f"{table}_locked_{moment.lower()}"


def _make(table: str, moment: str, said: str, condition: str) -> None:
    name = _name(table, moment)
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )
        return
    goes_on = "OLD" if moment == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{said}'; END IF; RETURN {goes_on}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
