"""A second factor may be a passkey; what a browser is asked is remembered until it answers."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("factor", sa.Column("credential_id", STRING(length=1400), nullable=True))
    op.add_column("factor", sa.Column("public_key", sa.Text(), nullable=True))
    op.add_column("factor", sa.Column("sign_count", NUMBER, nullable=True))
    op.create_index("ix_factor_credential_id", "factor", ["credential_id"], unique=True)
    op.create_table(
        "passkey_challenge",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("session_id", NUMBER, nullable=False),
        sa.Column("purpose", STRING(length=4), nullable=False),
        sa.Column("challenge_hash", STRING(length=64), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.CheckConstraint("purpose IN ('add', 'show')", name=op.f("ck_passkey_challenge_purpose")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["auth_session.id"], name=op.f("fk_passkey_challenge_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
        sa.UniqueConstraint(
            "session_id", "purpose", name=op.f("uq_passkey_challenge_session_id_purpose")
        ),
    )


def downgrade() -> None:
    op.drop_table("passkey_challenge")
    op.drop_index("ix_factor_credential_id", table_name="factor")
    # An app without a secret opens nothing: what is no app goes.
    op.execute("DELETE FROM factor WHERE credential_id IS NOT NULL")
    with op.batch_alter_table("factor") as table:
        table.drop_column("sign_count")
        table.drop_column("public_key")
        table.drop_column("credential_id")
