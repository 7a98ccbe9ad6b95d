"""The schema, whole: every table, and the triggers that keep what was signed.

Databases of the revisions before are of another release: ``app.db`` says so in one line.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = None
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
# 64 bits on either database.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TRAIL_SQLITE = {
    "audit_entry_no_update": "BEFORE UPDATE ON audit_entry",
    "audit_entry_no_delete": "BEFORE DELETE ON audit_entry",
    # INSERT OR REPLACE deletes first; without recursive_triggers no delete trigger would fire.
    "audit_entry_no_replace": (
        "BEFORE INSERT ON audit_entry WHEN EXISTS "
        "(SELECT 1 FROM audit_entry WHERE chain = NEW.chain AND seq = NEW.seq)"
    ),
}
APPEND_ONLY = "the audit trail is append-only"

CLOSED = "a closed session note is never changed"
_SEALED = "(SELECT closed_at FROM session_note WHERE id = {row}.note_id) IS NOT NULL"
# INSERT OR REPLACE deletes first, so the triggers on DELETE meet it as well.
NOTES_SQLITE = {
    "session_note_no_update": "UPDATE ON session_note WHEN OLD.closed_at IS NOT NULL",
    "session_note_no_delete": "DELETE ON session_note WHEN OLD.closed_at IS NOT NULL",
    "session_note_text_no_insert": f"INSERT ON session_note_text WHEN {_SEALED.format(row='NEW')}",
    "session_note_text_no_update": f"UPDATE ON session_note_text WHEN {_SEALED.format(row='OLD')}"
    f" OR {_SEALED.format(row='NEW')}",
    "session_note_text_no_delete": f"DELETE ON session_note_text WHEN {_SEALED.format(row='OLD')}",
}
# The body of each function: a row goes on unless the note it belongs to is closed.
NOTES_POSTGRESQL = {
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
        "audit_entry",
        sa.Column("chain", NUMBER, autoincrement=False, nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("actor", STRING(length=60), nullable=False),
        sa.Column("role", STRING(length=16), nullable=False),
        sa.Column("action", STRING(length=40), nullable=False),
        sa.Column("subject_kind", STRING(length=30), nullable=False),
        sa.Column("subject_id", NUMBER, nullable=False),
        sa.Column("reason", STRING(length=500), nullable=False),
        sa.Column("request_id", STRING(length=32), nullable=False),
        sa.Column("client_at", MOMENT(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("changes_digest", STRING(length=64), nullable=False),
        sa.Column("previous", STRING(length=64), nullable=False),
        sa.Column("hash", STRING(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_audit_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_audit_entry_subject_kind_subject_id",
        "audit_entry",
        ["subject_kind", "subject_id"],
        unique=False,
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", STRING(length=40), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "message",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("dedup_key", STRING(length=120), nullable=False),
        sa.Column("header_id", STRING(length=120), nullable=False),
        sa.Column("kind", STRING(length=24), nullable=False),
        sa.Column("recipient", STRING(length=254), nullable=False),
        sa.Column("subject", STRING(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("due_at", MOMENT(), nullable=False),
        sa.Column("status", STRING(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", STRING(length=40), nullable=True),
        sa.Column("lease_until", MOMENT(), nullable=True),
        sa.Column("sent_at", MOMENT(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'sent', 'failed')", name=op.f("ck_message_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_message_dedup_key")),
        sa.UniqueConstraint("header_id", name=op.f("uq_message_header_id")),
    )
    op.create_index("ix_message_status_due_at", "message", ["status", "due_at"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("name", STRING(length=120), nullable=False),
        sa.Column("timezone", STRING(length=64), nullable=False),
        sa.Column("emergency_number", STRING(length=40), nullable=False),
        sa.Column("crisis_number", STRING(length=40), nullable=False),
        sa.Column("clinic_number", STRING(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("public_id", name=op.f("uq_site_public_id")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", STRING(length=80), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("worker", STRING(length=40), nullable=False),
        sa.Column("started_at", MOMENT(), nullable=False),
        sa.Column("ended_at", MOMENT(), nullable=True),
        sa.Column("outcome", STRING(length=16), nullable=True),
        sa.Column("detail", STRING(length=200), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attempt_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_message_id", "attempt", ["message_id"], unique=False)
    op.create_table(
        "site_numbers",
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("language", STRING(length=2), nullable=False),
        sa.Column("emergency", STRING(length=40), nullable=False),
        sa.Column("crisis", STRING(length=40), nullable=False),
        sa.Column("clinic", STRING(length=40), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ru')", name=op.f("ck_site_numbers_language")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_numbers_site_id")),
        sa.PrimaryKeyConstraint("site_id", "language", name=op.f("pk_site_numbers")),
    )
    op.create_table(
        "staff",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("email", STRING(length=254), nullable=False),
        sa.Column("name", STRING(length=120), nullable=False),
        sa.Column("role", STRING(length=16), nullable=False),
        sa.Column("language", STRING(length=2), nullable=False),
        sa.Column("password_hash", STRING(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("alert_position", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ru')", name=op.f("ck_staff_language")),
        sa.CheckConstraint(
            "role IN ('counselor', 'coordinator', 'investigator', 'monitor', 'data_manager', 'admin')",
            name=op.f("ck_staff_role"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_staff_email_lower")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_staff_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        sa.UniqueConstraint("id", "site_id", name=op.f("uq_staff_id_site_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_public_id")),
    )
    op.create_index(op.f("ix_staff_site_id"), "staff", ["site_id"], unique=False)
    op.create_table(
        "contact_hours",
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.Column("absent_from", sa.Date(), nullable=True),
        sa.Column("absent_until", sa.Date(), nullable=True),
        sa.Column("cover_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["cover_id"], ["staff.id"], name=op.f("fk_contact_hours_cover_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_contact_hours_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_contact_hours")),
    )
    op.create_table(
        "participant",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("code", STRING(length=20), nullable=False),
        sa.Column("sex", STRING(length=6), nullable=True),
        sa.Column("timezone", STRING(length=64), nullable=False),
        sa.Column("zones", sa.Text(), nullable=True),
        sa.Column("language", STRING(length=2), nullable=False),
        sa.Column("first_dose_on", sa.Date(), nullable=True),
        sa.Column("counselor_id", NUMBER, nullable=True),
        sa.Column("status", STRING(length=10), nullable=False),
        sa.Column("enrolled_at", MOMENT(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'ru')", name=op.f("ck_participant_language")),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_participant_sex")),
        sa.CheckConstraint(
            "status IN ('active', 'withdrawn', 'completed')", name=op.f("ck_participant_status")
        ),
        sa.ForeignKeyConstraint(
            ["counselor_id", "site_id"],
            ["staff.id", "staff.site_id"],
            name=op.f("fk_participant_counselor_id_site_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_participant_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("id", "site_id", name=op.f("uq_participant_id_site_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_participant_public_id")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_participant_site_id_code")),
    )
    op.create_index(
        "ix_participant_counselor_id_site_id",
        "participant",
        ["counselor_id", "site_id"],
        unique=False,
    )
    op.create_index(op.f("ix_participant_site_id"), "participant", ["site_id"], unique=False)
    op.create_table(
        "protocol_version",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("version", STRING(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", MOMENT(), nullable=False),
        sa.Column("set_by", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_protocol_version_set_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_protocol_version_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_version")),
        sa.UniqueConstraint("site_id", "version", name=op.f("uq_protocol_version_site_id_version")),
    )
    op.create_table(
        "staff_link",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("code_hash", STRING(length=64), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("used_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_link_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_link")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_link_code_hash")),
    )
    op.create_index(op.f("ix_staff_link_staff_id"), "staff_link", ["staff_id"], unique=False)
    op.create_table(
        "checkin",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("token", STRING(length=64), nullable=False),
        sa.Column("instrument", STRING(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", STRING(length=2), nullable=False),
        sa.Column("layout", STRING(length=8), nullable=False),
        sa.Column("started_at", MOMENT(), nullable=False),
        sa.Column("finished_at", MOMENT(), nullable=True),
        sa.Column("due_at", MOMENT(), nullable=True),
        sa.Column("provenance", STRING(length=16), nullable=False),
        sa.Column("client_at", MOMENT(), nullable=True),
        sa.Column("entered_by", NUMBER, nullable=True),
        sa.CheckConstraint("layout IN ('pages', 'single', 'list')", name=op.f("ck_checkin_layout")),
        sa.CheckConstraint(
            "provenance IN ('same_day', 'late', 'recalled', 'with_staff', 'by_phone')",
            name=op.f("ck_checkin_provenance"),
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name=op.f("fk_checkin_entered_by")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_checkin_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin")),
        sa.UniqueConstraint(
            "participant_id", "token", name=op.f("uq_checkin_participant_id_token")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_checkin_public_id")),
    )
    op.create_index("ix_checkin_due_at", "checkin", ["due_at"], unique=False)
    op.create_index(
        "ix_checkin_participant_id_started_at",
        "checkin",
        ["participant_id", "started_at"],
        unique=False,
    )
    op.create_table(
        "consent_withdrawal",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("scope", STRING(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", NUMBER, nullable=True),
        sa.CheckConstraint(
            "scope IN ('treatment', 'all')", name=op.f("ck_consent_withdrawal_scope")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["staff.id"], name=op.f("fk_consent_withdrawal_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_consent_withdrawal_participant_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_withdrawal")),
    )
    op.create_index(
        op.f("ix_consent_withdrawal_participant_id"),
        "consent_withdrawal",
        ["participant_id"],
        unique=False,
    )
    op.create_table(
        "counseling_session",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", STRING(length=8), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column("recorded_at", MOMENT(), nullable=True),
        sa.Column("cancelled_at", MOMENT(), nullable=True),
        sa.Column("cancelled_by", NUMBER, nullable=True),
        sa.CheckConstraint(
            "place IN ('clinic', 'phone', 'video')", name=op.f("ck_counseling_session_place")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by"], ["staff.id"], name=op.f("fk_counseling_session_cancelled_by")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_counseling_session_participant_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counseling_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_counseling_session_public_id")),
    )
    op.create_index(
        "ix_counseling_session_participant_id_at",
        "counseling_session",
        ["participant_id", "at"],
        unique=False,
    )
    op.create_table(
        "device",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("token_hash", STRING(length=64), nullable=False),
        sa.Column("pin_hash", STRING(length=200), nullable=True),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT(), nullable=True),
        sa.Column("revoked_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_device_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    op.create_index(op.f("ix_device_participant_id"), "device", ["participant_id"], unique=False)
    op.create_table(
        "dose",
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("client_at", MOMENT(), nullable=True),
        sa.Column("provenance", STRING(length=16), nullable=False),
        sa.Column("superseded_at", MOMENT(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("change_reason", STRING(length=200), nullable=True),
        sa.Column("entered_by", NUMBER, nullable=True),
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("replaces_id", NUMBER, nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT(), nullable=True),
        sa.Column("mg", sa.Float(), nullable=True),
        sa.Column("reason", STRING(length=40), nullable=True),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "provenance IN ('same_day', 'late', 'recalled', 'with_staff', 'by_phone')",
            name=op.f("ck_dose_provenance"),
        ),
        sa.CheckConstraint("mg >= 0 AND mg <= 1000", name=op.f("ck_dose_mg_range")),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name=op.f("fk_dose_entered_by")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_dose_participant_id")
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["dose.id"], name=op.f("fk_dose_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dose")),
    )
    op.create_index("ix_dose_participant_id_day", "dose", ["participant_id", "day"], unique=False)
    op.create_table(
        "drink_day",
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("client_at", MOMENT(), nullable=True),
        sa.Column("provenance", STRING(length=16), nullable=False),
        sa.Column("superseded_at", MOMENT(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("change_reason", STRING(length=200), nullable=True),
        sa.Column("entered_by", NUMBER, nullable=True),
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("replaces_id", NUMBER, nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("grams", sa.Float(), nullable=False),
        sa.Column("best_guess", sa.Boolean(), nullable=False),
        sa.Column("last_drink_at", MOMENT(), nullable=True),
        sa.CheckConstraint(
            "provenance IN ('same_day', 'late', 'recalled', 'with_staff', 'by_phone')",
            name=op.f("ck_drink_day_provenance"),
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name=op.f("fk_drink_day_entered_by")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_drink_day_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["drink_day.id"], name=op.f("fk_drink_day_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drink_day")),
    )
    op.create_index(
        "ix_drink_day_participant_id_day", "drink_day", ["participant_id", "day"], unique=False
    )
    op.create_table(
        "flag",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("reference", STRING(length=10), nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("family", STRING(length=8), nullable=False),
        sa.Column("rule", STRING(length=12), nullable=False),
        sa.Column("severity", STRING(length=10), nullable=False),
        sa.Column("status", STRING(length=12), nullable=False),
        sa.Column("raised_at", MOMENT(), nullable=False),
        sa.Column("about", MOMENT(), nullable=False),
        sa.Column("due_at", MOMENT(), nullable=True),
        sa.Column("protocol_version", STRING(length=20), nullable=False),
        sa.Column("rules_version", STRING(length=20), nullable=False),
        sa.Column("acknowledged_at", MOMENT(), nullable=True),
        sa.Column("acknowledged_by", NUMBER, nullable=True),
        sa.Column("resolved_at", MOMENT(), nullable=True),
        sa.Column("resolved_by", NUMBER, nullable=True),
        sa.Column("outcome", STRING(length=20), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "severity IN ('routine', 'urgent', 'emergency')", name=op.f("ck_flag_severity")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'acknowledged', 'resolved')", name=op.f("ck_flag_status")
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["staff.id"], name=op.f("fk_flag_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id", "site_id"],
            ["participant.id", "participant.site_id"],
            name=op.f("fk_flag_participant_id_site_id"),
        ),
        sa.ForeignKeyConstraint(["resolved_by"], ["staff.id"], name=op.f("fk_flag_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("public_id", name=op.f("uq_flag_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_flag_reference")),
    )
    op.create_index("ix_flag_participant_id", "flag", ["participant_id"], unique=False)
    op.create_index(
        "ix_flag_site_id_status_due_at", "flag", ["site_id", "status", "due_at"], unique=False
    )
    op.create_index(
        "uq_flag_one_unresolved_per_family",
        "flag",
        ["participant_id", "family"],
        unique=True,
        sqlite_where=sa.text("status <> 'resolved'"),
        postgresql_where=sa.text("status <> 'resolved'"),
    )
    op.create_table(
        "hold",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", NUMBER, nullable=False),
        sa.Column("set_at", MOMENT(), nullable=False),
        sa.Column("lifted_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_hold_participant_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_hold_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_participant_id"), "hold", ["participant_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("code_hash", STRING(length=64), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("created_by", NUMBER, nullable=True),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("redeemed_at", MOMENT(), nullable=True),
        sa.Column("revoked_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["staff.id"], name=op.f("fk_invitation_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_invitation_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitation_code_hash")),
    )
    op.create_index(
        op.f("ix_invitation_participant_id"), "invitation", ["participant_id"], unique=False
    )
    op.create_table(
        "marker_day",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", STRING(length=80), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("removed_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_marker_day_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marker_day")),
    )
    op.create_index(
        "ix_marker_day_participant_id_day", "marker_day", ["participant_id", "day"], unique=False
    )
    op.create_table(
        "message_exposure",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shown_at", MOMENT(), nullable=False),
        sa.Column("library_version", sa.Integer(), nullable=False),
        sa.Column("message_key", STRING(length=40), nullable=False),
        sa.Column("frame", STRING(length=4), nullable=False),
        sa.Column("language", STRING(length=2), nullable=False),
        sa.Column("assigned_by", STRING(length=20), nullable=False),
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
        "note",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_note_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_participant_id"), "note", ["participant_id"], unique=False)
    op.create_table(
        "participant_contact",
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("name_sealed", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.Text(), nullable=False),
        sa.Column("note_sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_participant_contact_participant_id"),
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_participant_contact")),
    )
    op.create_table(
        "preference",
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_preference_participant_id")
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "screen",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("instrument", STRING(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("entered_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name=op.f("fk_screen_entered_by")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_screen_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen")),
    )
    op.create_index("ix_screen_participant_id_at", "screen", ["participant_id", "at"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("token", STRING(length=64), nullable=False),
        sa.Column("kind", STRING(length=24), nullable=False),
        sa.Column("body_hash", STRING(length=64), nullable=False),
        sa.Column("subject_id", NUMBER, nullable=False),
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("client_at", MOMENT(), nullable=True),
        sa.Column("skew_seconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_submission_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "participant_id", "token", name=op.f("uq_submission_participant_id_token")
        ),
    )
    op.create_table(
        "substance_day",
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("client_at", MOMENT(), nullable=True),
        sa.Column("provenance", STRING(length=16), nullable=False),
        sa.Column("superseded_at", MOMENT(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("change_reason", STRING(length=200), nullable=True),
        sa.Column("entered_by", NUMBER, nullable=True),
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("replaces_id", NUMBER, nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "provenance IN ('same_day', 'late', 'recalled', 'with_staff', 'by_phone')",
            name=op.f("ck_substance_day_provenance"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["staff.id"], name=op.f("fk_substance_day_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_substance_day_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["substance_day.id"], name=op.f("fk_substance_day_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substance_day")),
    )
    op.create_index(
        "ix_substance_day_participant_id_day",
        "substance_day",
        ["participant_id", "day"],
        unique=False,
    )
    op.create_table(
        "urinalysis",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("entered_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["staff.id"], name=op.f("fk_urinalysis_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_urinalysis_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urinalysis")),
    )
    op.create_index(
        "ix_urinalysis_participant_id_at", "urinalysis", ["participant_id", "at"], unique=False
    )
    op.create_table(
        "usual_drink",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("beverage", STRING(length=40), nullable=False),
        sa.Column("ml", sa.Float(), nullable=False),
        sa.Column("abv", sa.Float(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.CheckConstraint("abv >= 0 AND abv <= 100", name=op.f("ck_usual_drink_abv_range")),
        sa.CheckConstraint("ml >= 1 AND ml <= 5000", name=op.f("ck_usual_drink_ml_range")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_usual_drink_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usual_drink")),
    )
    op.create_index(
        op.f("ix_usual_drink_participant_id"), "usual_drink", ["participant_id"], unique=False
    )
    op.create_table(
        "assignment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("sheet_key", STRING(length=40), nullable=False),
        sa.Column("session_id", NUMBER, nullable=True),
        sa.Column("assigned_by", NUMBER, nullable=False),
        sa.Column("assigned_at", MOMENT(), nullable=False),
        sa.Column("withdrawn_at", MOMENT(), nullable=True),
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
    op.create_index("ix_assignment_participant_id", "assignment", ["participant_id"], unique=False)
    op.create_table(
        "auth_session",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("token_hash", STRING(length=64), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=True),
        sa.Column("device_id", NUMBER, nullable=True),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("last_seen_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("ended_at", MOMENT(), nullable=True),
        sa.CheckConstraint(
            "(staff_id IS NULL) <> (device_id IS NULL)", name=op.f("ck_auth_session_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_auth_session_device_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_auth_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auth_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_auth_session_token_hash")),
    )
    op.create_index("ix_auth_session_device_id", "auth_session", ["device_id"], unique=False)
    op.create_index("ix_auth_session_staff_id", "auth_session", ["staff_id"], unique=False)
    op.create_table(
        "brief_reading",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("session_id", NUMBER, nullable=True),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_brief_reading_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["counseling_session.id"], name=op.f("fk_brief_reading_session_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_brief_reading_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_reading")),
    )
    op.create_index(
        "ix_brief_reading_participant_id", "brief_reading", ["participant_id"], unique=False
    )
    op.create_index("ix_brief_reading_session_id", "brief_reading", ["session_id"], unique=False)
    op.create_table(
        "checkin_judgement",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("checkin_id", NUMBER, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkin_id"], ["checkin.id"], name=op.f("fk_checkin_judgement_checkin_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_judgement")),
        sa.UniqueConstraint("checkin_id", "n", name=op.f("uq_checkin_judgement_checkin_id_n")),
    )
    op.create_table(
        "checkin_page",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("checkin_id", NUMBER, nullable=False),
        sa.Column("page", STRING(length=24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("method", STRING(length=12), nullable=False),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("reason", STRING(length=200), nullable=True),
        sa.CheckConstraint(
            "method IN ('each', 'page_none', 'skipped')", name=op.f("ck_checkin_page_method")
        ),
        sa.ForeignKeyConstraint(
            ["checkin_id"], ["checkin.id"], name=op.f("fk_checkin_page_checkin_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin_page")),
        sa.UniqueConstraint(
            "checkin_id", "page", "revision", name=op.f("uq_checkin_page_checkin_id_page_revision")
        ),
    )
    op.create_table(
        "flag_action",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("flag_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("action", STRING(length=16), nullable=False),
        sa.Column("outcome", STRING(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("replaces_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_flag_action_flag_id")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["flag_action.id"], name=op.f("fk_flag_action_replaces_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_flag_action_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_action")),
    )
    op.create_index("ix_flag_action_flag_id", "flag_action", ["flag_id"], unique=False)
    op.create_table(
        "flag_evidence",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("flag_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("rule", STRING(length=12), nullable=False),
        sa.Column("severity", STRING(length=10), nullable=False),
        sa.Column("about", MOMENT(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("change", STRING(length=10), nullable=False),
        sa.CheckConstraint(
            "severity IN ('routine', 'urgent', 'emergency')", name=op.f("ck_flag_evidence_severity")
        ),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_flag_evidence_flag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_evidence")),
    )
    op.create_index("ix_flag_evidence_flag_id", "flag_evidence", ["flag_id"], unique=False)
    op.create_table(
        "held_post",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("device_id", NUMBER, nullable=False),
        sa.Column("path", STRING(length=200), nullable=False),
        sa.Column("body_sealed", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_held_post_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_post")),
    )
    op.create_index(op.f("ix_held_post_device_id"), "held_post", ["device_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("flag_id", NUMBER, nullable=False),
        sa.Column("severity", STRING(length=10), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_notice_flag_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_notice_message_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_notice_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "flag_id",
            "severity",
            "staff_id",
            "step",
            name=op.f("uq_notice_flag_id_severity_staff_id_step"),
        ),
    )
    op.create_index("ix_notice_message_id", "notice", ["message_id"], unique=False)
    op.create_table(
        "session_note",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("session_id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("replaces_id", NUMBER, nullable=True),
        sa.Column("attendance", STRING(length=10), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("sheets", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("risk_asked", sa.JSON(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_by", NUMBER, nullable=False),
        sa.Column("written_at", MOMENT(), nullable=False),
        sa.Column("closed_at", MOMENT(), nullable=True),
        sa.Column("closed_by", NUMBER, nullable=True),
        sa.Column("closed_name", STRING(length=120), nullable=True),
        sa.Column("closed_meaning", STRING(length=200), nullable=True),
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
    op.create_index("ix_session_note_session_id", "session_note", ["session_id"], unique=False)
    op.create_table(
        "session_note_text",
        sa.Column("note_id", NUMBER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["session_note.id"], name=op.f("fk_session_note_text_note_id")
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_session_note_text")),
    )
    op.create_table(
        "worksheet",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("assignment_id", NUMBER, nullable=True),
        sa.Column("sheet_key", STRING(length=40), nullable=False),
        sa.Column("sheet_version", sa.Integer(), nullable=False),
        sa.Column("language", STRING(length=2), nullable=False),
        sa.Column("started_at", MOMENT(), nullable=False),
        sa.Column("finished_at", MOMENT(), nullable=True),
        sa.Column("removed_at", MOMENT(), nullable=True),
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
    op.create_index(
        "ix_worksheet_participant_id_sheet_key",
        "worksheet",
        ["participant_id", "sheet_key"],
        unique=False,
    )
    op.create_table(
        "worksheet_copy",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("worksheet_id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("made_at", MOMENT(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("shared_at", MOMENT(), nullable=True),
        sa.Column("taken_back_at", MOMENT(), nullable=True),
        sa.Column("seen_at", MOMENT(), nullable=True),
        sa.Column("seen_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_worksheet_copy_participant_id")
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["staff.id"], name=op.f("fk_worksheet_copy_seen_by")),
        sa.ForeignKeyConstraint(
            ["worksheet_id"], ["worksheet.id"], name=op.f("fk_worksheet_copy_worksheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worksheet_copy")),
    )
    op.create_index(
        op.f("ix_worksheet_copy_participant_id"), "worksheet_copy", ["participant_id"], unique=False
    )
    op.create_index(
        "ix_worksheet_copy_worksheet_id", "worksheet_copy", ["worksheet_id"], unique=False
    )
    op.create_table(
        "worksheet_draft",
        sa.Column("worksheet_id", NUMBER, nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["worksheet_id"], ["worksheet.id"], name=op.f("fk_worksheet_draft_worksheet_id")
        ),
        sa.PrimaryKeyConstraint("worksheet_id", name=op.f("pk_worksheet_draft")),
    )
    op.create_table(
        "worksheet_comment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("worksheet_id", NUMBER, nullable=False),
        sa.Column("copy_id", NUMBER, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("read_at", MOMENT(), nullable=True),
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
    op.create_index(
        "ix_worksheet_comment_worksheet_id", "worksheet_comment", ["worksheet_id"], unique=False
    )
    _keep_the_trail()
    _seal_closed_notes()


def _keep_the_trail() -> None:
    """The audit table takes new entries and nothing else."""
    if op.get_bind().dialect.name == "sqlite":
        for name, moment in TRAIL_SQLITE.items():
            op.execute(
                f"CREATE TRIGGER {name} {moment} BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
    )


def _seal_closed_notes() -> None:
    """What was signed stays as it was signed, whoever writes to the database."""
    if op.get_bind().dialect.name == "sqlite":
        for name, moment in NOTES_SQLITE.items():
            refuse = f"BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END"
            op.execute(f"CREATE TRIGGER {name} BEFORE {moment} {refuse}")
        return
    for table, (moments, closed) in NOTES_POSTGRESQL.items():
        op.execute(
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION '{CLOSED}'; END IF; "
            f"IF {closed} THEN RAISE EXCEPTION '{CLOSED}'; END IF; "
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


def downgrade() -> None:
    # Indexes and triggers go with their tables.
    op.drop_table("worksheet_comment")
    op.drop_table("worksheet_draft")
    op.drop_table("worksheet_copy")
    op.drop_table("worksheet")
    op.drop_table("session_note_text")
    op.drop_table("session_note")
    op.drop_table("notice")
    op.drop_table("held_post")
    op.drop_table("flag_evidence")
    op.drop_table("flag_action")
    op.drop_table("checkin_page")
    op.drop_table("checkin_judgement")
    op.drop_table("brief_reading")
    op.drop_table("auth_session")
    op.drop_table("assignment")
    op.drop_table("usual_drink")
    op.drop_table("urinalysis")
    op.drop_table("substance_day")
    op.drop_table("submission")
    op.drop_table("screen")
    op.drop_table("preference")
    op.drop_table("participant_contact")
    op.drop_table("note")
    op.drop_table("message_exposure")
    op.drop_table("marker_day")
    op.drop_table("invitation")
    op.drop_table("hold")
    op.drop_table("flag")
    op.drop_table("drink_day")
    op.drop_table("dose")
    op.drop_table("device")
    op.drop_table("counseling_session")
    op.drop_table("consent_withdrawal")
    op.drop_table("checkin")
    op.drop_table("staff_link")
    op.drop_table("protocol_version")
    op.drop_table("participant")
    op.drop_table("contact_hours")
    op.drop_table("staff")
    op.drop_table("site_numbers")
    op.drop_table("attempt")
    op.drop_table("throttle")
    op.drop_table("site")
    op.drop_table("message")
    op.drop_table("heartbeat")
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        for table in ("audit_entry", *NOTES_POSTGRESQL):
            op.execute(f"DROP FUNCTION {table}_refuse()")
