"""How somebody's part in the study ends; a treatment that is over is no hold to be lifted."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STAFF = ("entered_by", "called_by", "undone_by")


def upgrade() -> None:
    op.create_table(
        "study_end",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("kind", STRING(length=10), nullable=False),
        sa.Column("scope", STRING(length=10), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", NUMBER, nullable=True),
        sa.Column("withdrawal_id", NUMBER, nullable=True),
        sa.Column("call_due_at", MOMENT(), nullable=True),
        sa.Column("called_at", MOMENT(), nullable=True),
        sa.Column("called_by", NUMBER, nullable=True),
        sa.Column("call_outcome", STRING(length=12), nullable=True),
        sa.Column("call_note", sa.Text(), nullable=False),
        sa.Column("undone_at", MOMENT(), nullable=True),
        sa.Column("undone_by", NUMBER, nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('withdrew', 'completed', 'lost', 'physician', 'terminated')",
            name=op.f("ck_study_end_kind"),
        ),
        sa.CheckConstraint("scope IN ('treatment', 'all')", name=op.f("ck_study_end_scope")),
        sa.CheckConstraint(
            "call_outcome IN ('well', 'needs_care', 'not_reached', 'declined')",
            name=op.f("ck_study_end_call_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_study_end_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"], ["consent_withdrawal.id"], name=op.f("fk_study_end_withdrawal_id")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["staff.id"], name=op.f(f"fk_study_end_{name}"))
            for name in STAFF
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_end")),
    )
    for column in ("participant_id", "withdrawal_id"):
        op.create_index(op.f(f"ix_study_end_{column}"), "study_end", [column], unique=False)
    op.add_column(
        "hold", sa.Column("over", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("hold") as table:
        table.alter_column("set_by", existing_type=NUMBER, nullable=True)
        table.alter_column("over", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    # Nobody set them: a hold without a physician is no hold there.
    op.execute("DELETE FROM hold WHERE set_by IS NULL")
    with op.batch_alter_table("hold") as table:
        table.drop_column("over")
        table.alter_column("set_by", existing_type=NUMBER, nullable=False)
    op.drop_table("study_end")
