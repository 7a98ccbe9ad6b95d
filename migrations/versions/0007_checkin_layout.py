"""A check-in says which screens asked: page by page, one question a screen, or one list."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
# The pages of one question a screen were told from the others by their keys alone.
SINGLE = """
UPDATE checkin SET layout = 'single' WHERE instrument = 'side_effects' AND id IN
(SELECT checkin_id FROM checkin_page WHERE page LIKE 's%')
"""


def upgrade() -> None:
    with op.batch_alter_table("checkin") as table:
        column = sa.Column("layout", sa.String(8), nullable=False, server_default="pages")
        table.add_column(column)
        table.create_check_constraint("layout", "layout IN ('pages', 'single', 'list')")
    op.execute(SINGLE)
    with op.batch_alter_table("checkin") as table:
        table.alter_column("layout", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("checkin") as table:
        table.drop_constraint("ck_checkin_layout")
        table.drop_column("layout")
