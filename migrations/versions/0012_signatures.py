"""One table of signatures, which takes new rows and changes none; closed notes move onto it."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONCE = "a signature is never changed"
SQLITE = {
    "signature_no_update": "BEFORE UPDATE ON signature",
    "signature_no_delete": "BEFORE DELETE ON signature",
    # INSERT OR REPLACE deletes first; without recursive_triggers no delete trigger would fire.
    "signature_no_replace": (
        "BEFORE INSERT ON signature WHEN EXISTS (SELECT 1 FROM signature "
        "WHERE id = NEW.id OR supersedes_id = NEW.supersedes_id)"
    ),
}
# As 0009 made them: on SQLite they go with the table that is rebuilt.
CLOSED = "a closed session note is never changed"
_SEALED = "(SELECT closed_at FROM session_note WHERE id = {row}.note_id) IS NOT NULL"
NOTES_SQLITE = {
    "session_note_no_update": "UPDATE ON session_note WHEN OLD.closed_at IS NOT NULL",
    "session_note_no_delete": "DELETE ON session_note WHEN OLD.closed_at IS NOT NULL",
    "session_note_text_no_insert": f"INSERT ON session_note_text WHEN {_SEALED.format(row='NEW')}",
    "session_note_text_no_update": f"UPDATE ON session_note_text WHEN {_SEALED.format(row='OLD')}"
    f" OR {_SEALED.format(row='NEW')}",
    "session_note_text_no_delete": f"DELETE ON session_note_text WHEN {_SEALED.format(row='OLD')}",
}
NOTE = sa.table(
    "session_note",
    sa.column("id", NUMBER),
    sa.column("session_id", NUMBER),
    sa.column("participant_id", NUMBER),
    sa.column("replaces_id", NUMBER),
    sa.column("attendance", sa.String()),
    sa.column("topics", sa.JSON()),
    sa.column("sheets", sa.JSON()),
    sa.column("plan", sa.JSON()),
    sa.column("risk_asked", sa.JSON()),
    sa.column("next_on", sa.Date()),
    sa.column("reason", sa.Text()),
    sa.column("written_by", NUMBER),
    sa.column("written_at", MOMENT()),
    sa.column("closed_at", MOMENT()),
    sa.column("closed_by", NUMBER),
    sa.column("closed_name", sa.String()),
    sa.column("closed_meaning", sa.String()),
)
TEXT = sa.table("session_note_text", sa.column("note_id", NUMBER), sa.column("text", sa.Text()))
SIGNATURE = sa.table(
    "signature",
    sa.column("id", NUMBER),
    sa.column("kind", sa.String()),
    sa.column("record_id", NUMBER),
    sa.column("version", sa.String()),
    sa.column("digest", sa.String()),
    sa.column("staff_id", NUMBER),
    sa.column("name", sa.String()),
    sa.column("meaning", sa.String()),
    sa.column("words", sa.String()),
    sa.column("at", MOMENT()),
    sa.column("supersedes_id", NUMBER),
)
# What the digest of a note covers, beside its text.
SIGNED = (
    "id",
    "session_id",
    "participant_id",
    "replaces_id",
    "attendance",
    "topics",
    "sheets",
    "plan",
    "risk_asked",
    "next_on",
    "reason",
    "written_by",
    "written_at",
)


def upgrade() -> None:
    op.create_table(
        "signature",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", STRING(length=30), nullable=False),
        sa.Column("record_id", NUMBER, nullable=False),
        sa.Column("version", STRING(length=40), nullable=False),
        sa.Column("digest", STRING(length=64), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("name", STRING(length=120), nullable=False),
        sa.Column("meaning", STRING(length=20), nullable=False),
        sa.Column("words", STRING(length=200), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("supersedes_id", NUMBER, nullable=True),
        sa.CheckConstraint(
            "kind IN ('session_note', 'protocol_version', 'participant')",
            name=op.f("ck_signature_kind"),
        ),
        sa.CheckConstraint(
            "meaning IN ('held', 'not_held', 'taken_over', 'amended', 'in_force', 'reviewed')",
            name=op.f("ck_signature_meaning"),
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_signature_digest")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_signature_staff_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["signature.id"], name=op.f("fk_signature_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_signature_supersedes_id")),
    )
    op.create_index("ix_signature_kind_record_id", "signature", ["kind", "record_id"], unique=False)
    _sign_closed_notes()
    _keep_signatures()
    _unseal_notes()
    with op.batch_alter_table("session_note", table_args=(_attendance(),)) as table:
        table.drop_constraint(op.f("fk_session_note_closed_by"), type_="foreignkey")
        table.drop_column("closed_by")
        table.drop_column("closed_name")
        table.drop_column("closed_meaning")
    _seal_notes()


def downgrade() -> None:
    _unseal_notes()
    with op.batch_alter_table("session_note", table_args=(_attendance(),)) as table:
        table.add_column(sa.Column("closed_by", NUMBER, nullable=True))
        table.add_column(sa.Column("closed_name", STRING(length=120), nullable=True))
        table.add_column(sa.Column("closed_meaning", STRING(length=200), nullable=True))
        table.create_foreign_key(op.f("fk_session_note_closed_by"), "staff", ["closed_by"], ["id"])
    _name_closed_notes()
    _seal_notes()
    # Index and triggers go with the table; its function does not.
    op.drop_table("signature")
    if not _sqlite():
        op.execute("DROP FUNCTION signature_refuse()")


def _attendance() -> sa.CheckConstraint:
    """A table that is rebuilt is given its CHECK anew: none is read from the database."""
    return sa.CheckConstraint(
        "attendance IN ('attended', 'late', 'no_show')", name=op.f("ck_session_note_attendance")
    )


def _sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _keep_signatures() -> None:
    if _sqlite():
        for name, moment in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {moment} BEGIN SELECT RAISE(ABORT, '{ONCE}'); END")
        return
    op.execute(
        "CREATE FUNCTION signature_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{ONCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER signature_no_change BEFORE UPDATE OR DELETE ON signature "
        "FOR EACH ROW EXECUTE FUNCTION signature_refuse()"
    )
    op.execute(
        "CREATE TRIGGER signature_no_truncate BEFORE TRUNCATE ON signature "
        "FOR EACH STATEMENT EXECUTE FUNCTION signature_refuse()"
    )


def _unseal_notes() -> None:
    if _sqlite():
        for name in NOTES_SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("ALTER TABLE session_note DISABLE TRIGGER session_note_no_change")


def _seal_notes() -> None:
    if not _sqlite():
        op.execute("ALTER TABLE session_note ENABLE TRIGGER session_note_no_change")
        return
    for name, moment in NOTES_SQLITE.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END"
        op.execute(f"CREATE TRIGGER {name} BEFORE {moment} {refuse}")


def _sign_closed_notes() -> None:
    """Their names, moments and words as they were; the digest is that of the row as it stands."""
    bind = op.get_bind()
    texts = {row.note_id: row.text for row in bind.execute(sa.select(TEXT))}
    closed = sa.select(NOTE).where(NOTE.c.closed_by.is_not(None)).order_by(NOTE.c.id)
    signed: dict[int, int] = {}
    number: dict[int, int] = {}
    rows = []
    for row in bind.execute(closed).mappings().all():
        former = row["replaces_id"]
        signed[row["id"]] = len(signed) + 1
        number[row["id"]] = number.get(former, 0) + 1
        record = {name: row[name] for name in SIGNED} | {"text": texts.get(row["id"])}
        rows.append(
            {
                "kind": "session_note",
                "record_id": row["id"],
                "version": str(number[row["id"]]),
                "digest": _digest(record),
                "staff_id": row["closed_by"],
                "name": row["closed_name"] or "",
                "meaning": _meaning(row),
                "words": row["closed_meaning"] or "",
                "at": row["closed_at"],
                "supersedes_id": signed.get(former),
            }
        )
    # One by one: the numbers that the database gives are those that the next rows name.
    for values in rows:
        bind.execute(sa.insert(SIGNATURE).values(values))


def _meaning(row: Any) -> str:
    if row["replaces_id"] is not None:
        return "amended"
    if row["written_by"] != row["closed_by"]:
        return "taken_over"
    return "not_held" if row["attendance"] == "no_show" else "held"


def _digest(record: dict[str, Any]) -> str:
    said = {"kind": "session_note", "record": record}
    text = json.dumps(
        said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    assert isinstance(value, date)
    return value.isoformat()


def _name_closed_notes() -> None:
    bind = op.get_bind()
    of_notes = sa.select(SIGNATURE).where(SIGNATURE.c.kind == "session_note")
    for row in bind.execute(of_notes).all():
        bind.execute(
            sa.update(NOTE)
            .where(NOTE.c.id == row.record_id, NOTE.c.closed_at.is_not(None))
            .values(closed_by=row.staff_id, closed_name=row.name, closed_meaning=row.words)
        )
