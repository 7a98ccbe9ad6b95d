"""Exports that the worker makes."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _one_of(column: str, values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_export_{column}"))


def upgrade() -> None:
    op.create_table(
        "export",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("asked_by", NUMBER, nullable=False),
        sa.Column("asked_at", MOMENT(), nullable=False),
        sa.Column("form", STRING(length=16), nullable=False),
        sa.Column("language", STRING(length=2), nullable=False),
        sa.Column("status", STRING(length=8), nullable=False),
        sa.Column("lease_until", MOMENT(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("size", NUMBER, nullable=True),
        sa.Column("sha256", STRING(length=64), nullable=True),
        sa.Column("fault", STRING(length=200), nullable=True),
        sa.Column("kept_until", MOMENT(), nullable=True),
        _one_of("status", "waiting making ready failed over"),
        _one_of("language", "en ru"),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_export_asked_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_export_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
        sa.UniqueConstraint("public_id", name=op.f("uq_export_public_id")),
    )
    op.create_index("ix_export_site_id_id", "export", ["site_id", "id"])
    op.create_index("ix_export_status", "export", ["status"])


def downgrade() -> None:
    op.drop_table("export")
