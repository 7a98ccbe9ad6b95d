"""A participant may move: the zones before are kept, each with its end."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participant", sa.Column("zones", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("participant", "zones")
