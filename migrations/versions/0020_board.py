"""The pooled picture of each site, counted anew every night."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "board",
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("counted_at", MOMENT(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_board_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_board")),
    )


def downgrade() -> None:
    op.drop_table("board")
