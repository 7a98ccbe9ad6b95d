"""The flags of one participant are found by an index: every check-in asks for them."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_flag_participant_id", "flag", ["participant_id"])


def downgrade() -> None:
    op.drop_index("ix_flag_participant_id", table_name="flag")
