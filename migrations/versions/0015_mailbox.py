"""Answers that a phone gave without a network, and what became of each when it came."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mailbox_entry",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("device_id", NUMBER, nullable=False),
        sa.Column("token", STRING(length=64), nullable=False),
        sa.Column("digest", STRING(length=64), nullable=False),
        sa.Column("task", STRING(length=16), nullable=False),
        sa.Column("told_at", MOMENT(), nullable=False),
        sa.Column("client_at", MOMENT(), nullable=True),
        sa.Column("sealed_at", MOMENT(), nullable=True),
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("offset_seconds", NUMBER, nullable=True),
        sa.Column("zone", STRING(length=64), nullable=False),
        sa.Column("shell", STRING(length=64), nullable=False),
        sa.Column("state", STRING(length=8), nullable=False),
        sa.Column("reason", STRING(length=16), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("subject_kind", STRING(length=24), nullable=True),
        sa.Column("subject_id", NUMBER, nullable=True),
        sa.Column("kept_sealed", sa.Text(), nullable=True),
        sa.Column("seen_at", MOMENT(), nullable=True),
        sa.CheckConstraint("state IN ('stored', 'refused')", name=op.f("ck_mailbox_entry_state")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_mailbox_entry_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_mailbox_entry_device_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_entry")),
        sa.UniqueConstraint(
            "participant_id", "token", name=op.f("uq_mailbox_entry_participant_id_token")
        ),
        sa.UniqueConstraint("device_id", "digest", name=op.f("uq_mailbox_entry_device_id_digest")),
    )
    op.create_index(
        op.f("ix_mailbox_entry_device_id_received_at"),
        "mailbox_entry",
        ["device_id", "received_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("mailbox_entry")
