"""What staff show beside a password: apps, recovery codes; how far a session has come."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("auth_session", sa.Column("second_at", MOMENT(), nullable=True))
    # Nobody has a second factor yet: whoever is signed in stays so.
    op.execute("UPDATE auth_session SET second_at = created_at")
    op.create_table(
        "factor",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("name", STRING(length=60), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("last_step", NUMBER, nullable=True),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("last_used_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_factor_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor")),
    )
    op.create_index(op.f("ix_factor_staff_id"), "factor", ["staff_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("code_hash", STRING(length=64), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("used_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_staff_id"), "recovery_code", ["staff_id"], unique=False)


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_table("factor")
    with op.batch_alter_table("auth_session") as table:
        table.drop_column("second_at")
