"""The worklist: whom somebody has to call, and what came of it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OUTCOMES = (
    "outcome IN ('reached', 'not_reached', 'wrong_number', 'no_calls', 'not_needed', "
    "'told_again', 'taken_back')"
)


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("kind", STRING(length=16), nullable=False),
        sa.Column("episode", STRING(length=64), nullable=False),
        sa.Column("rule", STRING(length=40), nullable=False),
        sa.Column("made_at", MOMENT(), nullable=False),
        sa.Column("made_by", NUMBER, nullable=True),
        sa.Column("owner_id", NUMBER, nullable=True),
        sa.Column("due_at", MOMENT(), nullable=False),
        sa.Column("closed_at", MOMENT(), nullable=True),
        sa.Column("closed_by", NUMBER, nullable=True),
        sa.Column("outcome", STRING(length=16), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('quiet', 'missed_visit', 'unreachable', 'call_me', 'safety_call', "
            "'boundary')",
            name=op.f("ck_task_kind"),
        ),
        sa.CheckConstraint(OUTCOMES, name=op.f("ck_task_outcome")),
        sa.ForeignKeyConstraint(
            ["participant_id", "site_id"],
            ["participant.id", "participant.site_id"],
            name=op.f("fk_task_participant_id_site_id"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_task_made_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_task_owner_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_task_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("public_id", name=op.f("uq_task_public_id")),
        sa.UniqueConstraint(
            "participant_id", "kind", "episode", name=op.f("uq_task_participant_id_kind_episode")
        ),
    )
    op.create_index(
        "ix_task_site_id_closed_at_due_at", "task", ["site_id", "closed_at", "due_at"], unique=False
    )
    op.create_table(
        "task_step",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("task_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=True),
        sa.Column("action", STRING(length=8), nullable=False),
        sa.Column("outcome", STRING(length=16), nullable=True),
        sa.Column("owner_id", NUMBER, nullable=True),
        sa.Column("due_at", MOMENT(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "action IN ('call', 'owner', 'close')", name=op.f("ck_task_step_action")
        ),
        sa.CheckConstraint(OUTCOMES, name=op.f("ck_task_step_outcome")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_step_task_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_task_step_staff_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_task_step_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_step")),
    )
    op.create_index("ix_task_step_task_id", "task_step", ["task_id"], unique=False)


def downgrade() -> None:
    op.drop_table("task_step")
    op.drop_table("task")
