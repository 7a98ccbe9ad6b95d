"""appointments, session notes, worksheets, daily messages"""

import secrets
from base64 import b32encode

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STRING = sqlmodel.sql.sqltypes.AutoString
_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
REFUSE = "a closed session note is never changed"
_CLOSED = "(SELECT closed_at FROM session_note WHERE id = {row}.note_id) IS NOT NULL"
# INSERT OR REPLACE deletes first, so the triggers on DELETE meet it as well.
SQLITE = {
    "session_note_no_update": "UPDATE ON session_note WHEN OLD.closed_at IS NOT NULL",
    "session_note_no_delete": "DELETE ON session_note WHEN OLD.closed_at IS NOT NULL",
    "session_note_text_no_insert": f"INSERT ON session_note_text WHEN {_CLOSED.format(row='NEW')}",
    "session_note_text_no_update": f"UPDATE ON session_note_text WHEN {_CLOSED.format(row='OLD')}"
    f" OR {_CLOSED.format(row='NEW')}",
    "session_note_text_no_delete": f"DELETE ON session_note_text WHEN {_CLOSED.format(row='OLD')}",
}
# The body of each function: a row goes on unless the note it belongs to is closed.
POSTGRESQL = {
    "session_note": ("UPDATE OR DELETE", "OLD.closed_at IS NOT NULL"),
    "session_note_text": (
        "INSERT OR UPDATE OR DELETE",
        "EXISTS (SELECT 1 FROM session_note WHERE closed_at IS NOT NULL AND id IN "
        "(CASE WHEN TG_OP <> 'INSERT' THEN OLD.note_id END, "
        "CASE WHEN TG_OP <> 'DELETE' THEN NEW.note_id END))",
    ),
}


def upgrade() -> None:
    op.create_table(
        "message_exposure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shown_at", _MOMENT(), nullable=False),
        sa.Column("library_version", sa.Integer(), nullable=False),
        sa.Column("message_key", _STRING(length=40), nullable=False),
        sa.Column("frame", _STRING(length=4), nullable=False),
        sa.Column("language", _STRING(length=2), nullable=False),
        sa.Column("assigned_by", _STRING(length=20), nullable=False),
        sa.CheckConstraint("frame IN ('gain', 'loss')", name=op.f("ck_message_exposure_frame")),
        sa.CheckConstraint("language IN ('en', 'ru')", name=op.f("ck_message_exposure_language")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_message_exposure_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_exposure")),
        sa.UniqueConstraint(
            "participant_id", "day", name=op.f("uq_message_exposure_participant_id_day")
        ),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _STRING(length=16), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("sheet_key", _STRING(length=40), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("assigned_by", sa.Integer(), nullable=False),
        sa.Column("assigned_at", _MOMENT(), nullable=False),
        sa.Column("withdrawn_at", _MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["staff.id"], name=op.f("fk_assignment_assigned_by")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_assignment_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["counseling_session.id"], name=op.f("fk_assignment_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assignment_public_id")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index("ix_assignment_participant_id", ["participant_id"], unique=False)

    op.create_table(
        "brief_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_brief_reading_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["counseling_session.id"], name=op.f("fk_brief_reading_session_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_brief_reading_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_reading")),
    )
    with op.batch_alter_table("brief_reading", schema=None) as batch_op:
        batch_op.create_index("ix_brief_reading_participant_id", ["participant_id"], unique=False)
        batch_op.create_index("ix_brief_reading_session_id", ["session_id"], unique=False)

    op.create_table(
        "session_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _STRING(length=16), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("attendance", _STRING(length=10), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("sheets", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("risk_asked", sa.JSON(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", _MOMENT(), nullable=False),
        sa.Column("closed_at", _MOMENT(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_name", _STRING(length=120), nullable=True),
        sa.Column("closed_meaning", _STRING(length=200), nullable=True),
        sa.CheckConstraint(
            "attendance IN ('attended', 'late', 'no_show')", name=op.f("ck_session_note_attendance")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["staff.id"], name=op.f("fk_session_note_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_session_note_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["session_note.id"], name=op.f("fk_session_note_replaces_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["counseling_session.id"], name=op.f("fk_session_note_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["staff.id"], name=op.f("fk_session_note_written_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_session_note_public_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_session_note_replaces_id")),
    )
    with op.batch_alter_table("session_note", schema=None) as batch_op:
        batch_op.create_index("ix_session_note_session_id", ["session_id"], unique=False)

    op.create_table(
        "session_note_text",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["session_note.id"], name=op.f("fk_session_note_text_note_id")
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_session_note_text")),
    )
    op.create_table(
        "worksheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", _STRING(length=16), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("sheet_key", _STRING(length=40), nullable=False),
        sa.Column("sheet_version", sa.Integer(), nullable=False),
        sa.Column("language", _STRING(length=2), nullable=False),
        sa.Column("started_at", _MOMENT(), nullable=False),
        sa.Column("finished_at", _MOMENT(), nullable=True),
        sa.Column("removed_at", _MOMENT(), nullable=True),
        sa.CheckConstraint("language IN ('en', 'ru')", name=op.f("ck_worksheet_language")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_worksheet_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_worksheet_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worksheet")),
        sa.UniqueConstraint("public_id", name=op.f("uq_worksheet_public_id")),
    )
    with op.batch_alter_table("worksheet", schema=None) as batch_op:
        batch_op.create_index(
            "ix_worksheet_participant_id_sheet_key", ["participant_id", "sheet_key"], unique=False
        )

    op.create_table(
        "worksheet_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worksheet_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("shared_at", _MOMENT(), nullable=True),
        sa.Column("taken_back_at", _MOMENT(), nullable=True),
        sa.Column("seen_at", _MOMENT(), nullable=True),
        sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_worksheet_copy_participant_id")
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["staff.id"], name=op.f("fk_worksheet_copy_seen_by")),
        sa.ForeignKeyConstraint(
            ["worksheet_id"], ["worksheet.id"], name=op.f("fk_worksheet_copy_worksheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worksheet_copy")),
    )
    with op.batch_alter_table("worksheet_copy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_worksheet_copy_participant_id"), ["participant_id"], unique=False
        )
        batch_op.create_index("ix_worksheet_copy_worksheet_id", ["worksheet_id"], unique=False)

    op.create_table(
        "worksheet_draft",
        sa.Column("worksheet_id", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("saved_at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["worksheet_id"], ["worksheet.id"], name=op.f("fk_worksheet_draft_worksheet_id")
        ),
        sa.PrimaryKeyConstraint("worksheet_id", name=op.f("pk_worksheet_draft")),
    )
    op.create_table(
        "worksheet_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worksheet_id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("read_at", _MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["worksheet_copy.id"], name=op.f("fk_worksheet_comment_copy_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_worksheet_comment_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["worksheet_id"], ["worksheet.id"], name=op.f("fk_worksheet_comment_worksheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worksheet_comment")),
    )
    with op.batch_alter_table("worksheet_comment", schema=None) as batch_op:
        batch_op.create_index("ix_worksheet_comment_worksheet_id", ["worksheet_id"], unique=False)

    _extend_sessions()
    _seal_closed_notes()


def _seal_closed_notes() -> None:
    """What was signed stays as it was signed, whoever writes to the database."""
    if op.get_bind().dialect.name == "sqlite":
        for name, moment in SQLITE.items():
            refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSE}'); END"
            op.execute(f"CREATE TRIGGER {name} BEFORE {moment} {refuse}")
        return
    for table, (moments, closed) in POSTGRESQL.items():
        op.execute(
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION '{REFUSE}'; END IF; "
            f"IF {closed} THEN RAISE EXCEPTION '{REFUSE}'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
        for name, when, each in (
            ("no_change", moments, "ROW"),
            ("no_truncate", "TRUNCATE", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {when} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION {table}_refuse()"
            )


def _extend_sessions() -> None:
    with op.batch_alter_table("counseling_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("public_id", _STRING(length=16), nullable=True))
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("place", _STRING(length=8), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_at", _MOMENT(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_by", sa.Integer(), nullable=True))
    _fill_former_sessions()
    with op.batch_alter_table("counseling_session", schema=None) as batch_op:
        batch_op.alter_column("public_id", existing_type=_STRING(length=16), nullable=False)
        batch_op.alter_column("minutes", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("place", existing_type=_STRING(length=8), nullable=False)
        batch_op.alter_column("version", existing_type=sa.Integer(), nullable=False)
        batch_op.create_unique_constraint("uq_counseling_session_public_id", ["public_id"])
        batch_op.create_foreign_key(
            "fk_counseling_session_cancelled_by", "staff", ["cancelled_by"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_counseling_session_place"), "place IN ('clinic', 'phone', 'video')"
        )


def _fill_former_sessions() -> None:
    """Sessions from before had a time and a week alone: an hour's visit at the clinic."""
    sessions = sa.table(
        "counseling_session",
        sa.column("id"),
        sa.column("public_id"),
        sa.column("minutes"),
        sa.column("place"),
        sa.column("version"),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(sessions.c.id)).all():
        connection.execute(
            sessions.update()
            .where(sessions.c.id == row.id)
            .values(public_id=_public_id(), minutes=50, place="clinic", version=0)
        )


def _public_id() -> str:
    """As the product makes them on the day of this migration; later ways may differ."""
    return b32encode(secrets.token_bytes(10)).decode().lower()


def downgrade() -> None:
    with op.batch_alter_table("counseling_session", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_counseling_session_place"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_counseling_session_cancelled_by"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("uq_counseling_session_public_id"), type_="unique")
        batch_op.drop_column("cancelled_by")
        batch_op.drop_column("cancelled_at")
        batch_op.drop_column("version")
        batch_op.drop_column("place")
        batch_op.drop_column("minutes")
        batch_op.drop_column("public_id")

    with op.batch_alter_table("worksheet_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_worksheet_comment_worksheet_id")

    op.drop_table("worksheet_comment")
    op.drop_table("worksheet_draft")
    with op.batch_alter_table("worksheet_copy", schema=None) as batch_op:
        batch_op.drop_index("ix_worksheet_copy_worksheet_id")
        batch_op.drop_index(batch_op.f("ix_worksheet_copy_participant_id"))

    op.drop_table("worksheet_copy")
    with op.batch_alter_table("worksheet", schema=None) as batch_op:
        batch_op.drop_index("ix_worksheet_participant_id_sheet_key")

    op.drop_table("worksheet")
    op.drop_table("session_note_text")
    with op.batch_alter_table("session_note", schema=None) as batch_op:
        batch_op.drop_index("ix_session_note_session_id")

    op.drop_table("session_note")
    with op.batch_alter_table("brief_reading", schema=None) as batch_op:
        batch_op.drop_index("ix_brief_reading_session_id")
        batch_op.drop_index("ix_brief_reading_participant_id")

    op.drop_table("brief_reading")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_participant_id")

    op.drop_table("assignment")
    op.drop_table("message_exposure")
    # The triggers went with their tables.
    if op.get_bind().dialect.name == "postgresql":
        for table in POSTGRESQL:
            op.execute(f"DROP FUNCTION {table}_refuse()")
