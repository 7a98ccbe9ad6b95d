"""Electronic consent: the text in force at a site, and who agreed to which."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "consent_version",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("change", STRING(length=5), nullable=False),
        sa.Column("since", MOMENT(), nullable=False),
        sa.Column("set_by", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("change IN ('major', 'minor')", name=op.f("ck_consent_version_change")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_consent_version_site_id")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_consent_version_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_version")),
        sa.UniqueConstraint(
            "site_id", "text_version", name=op.f("uq_consent_version_site_id_text_version")
        ),
    )
    op.create_table(
        "consent",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("text_hash", STRING(length=64), nullable=False),
        sa.Column("language", STRING(length=2), nullable=False),
        sa.Column("kind", STRING(length=8), nullable=False),
        sa.Column("given_at", MOMENT(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("name_sealed", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('given', 'informed')", name=op.f("ck_consent_kind")),
        sa.CheckConstraint("language IN ('en', 'ru')", name=op.f("ck_consent_language")),
        sa.CheckConstraint(
            "(kind = 'given') = (rounds > 0)", name=op.f("ck_consent_given_after_questions")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_consent_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint(
            "participant_id", "text_version", name=op.f("uq_consent_participant_id_text_version")
        ),
    )


def downgrade() -> None:
    op.drop_table("consent")
    op.drop_table("consent_version")
