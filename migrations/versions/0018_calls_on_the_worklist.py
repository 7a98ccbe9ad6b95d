"""Who left is called by a task of the worklist: an end keeps no call of its own."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GONE = ("call_due_at", "called_at", "called_by", "call_outcome", "call_note")


def upgrade() -> None:
    with op.batch_alter_table("study_end") as table:
        table.drop_constraint(op.f("ck_study_end_call_outcome"), type_="check")
        table.drop_constraint(op.f("fk_study_end_called_by"), type_="foreignkey")
        for name in GONE:
            table.drop_column(name)


def downgrade() -> None:
    with op.batch_alter_table("study_end") as table:
        table.add_column(sa.Column("call_due_at", MOMENT(), nullable=True))
        table.add_column(sa.Column("called_at", MOMENT(), nullable=True))
        table.add_column(sa.Column("called_by", NUMBER, nullable=True))
        table.add_column(sa.Column("call_outcome", STRING(length=12), nullable=True))
        table.add_column(sa.Column("call_note", sa.Text(), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_study_end_called_by"), "staff", ["called_by"], ["id"])
        table.create_check_constraint(
            op.f("ck_study_end_call_outcome"),
            "call_outcome IN ('well', 'needs_care', 'not_reached', 'declined')",
        )
    with op.batch_alter_table("study_end") as table:
        table.alter_column("call_note", existing_type=sa.Text(), server_default=None)
