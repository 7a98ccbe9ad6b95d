"""A caseload is found by an index of its own, however many others are at the site."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
NAME, COLUMNS = "ix_participant_counselor_id_site_id", ["counselor_id", "site_id"]


def upgrade() -> None:
    op.create_index(NAME, "participant", COLUMNS)
    op.drop_index("ix_participant_counselor_id", table_name="participant")


def downgrade() -> None:
    op.create_index("ix_participant_counselor_id", "participant", ["counselor_id"])
    op.drop_index(NAME, table_name="participant")
