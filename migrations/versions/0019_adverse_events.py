"""Adverse events: append-only, version by version, with what was reported."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = ("adverse_event", "adverse_version", "adverse_report")
REFUSED = "what is known of an adverse event is append-only"


def _one_of(table: str, column: str, values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    _events()
    _versions()
    _reports()
    _keep()


def _events() -> None:
    op.create_table(
        "adverse_event",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("public_id", STRING(length=16), nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT(), nullable=False),
        sa.Column("made_by", NUMBER, nullable=False),
        sa.Column("checkin_id", NUMBER, nullable=True),
        sa.Column("item", STRING(length=40), nullable=True),
        sa.Column("flag_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id", "site_id"],
            ["participant.id", "participant.site_id"],
            name=op.f("fk_adverse_event_participant_id_site_id"),
        ),
        _refers("adverse_event", "made_by", "staff.id"),
        _refers("adverse_event", "checkin_id", "checkin.id"),
        _refers("adverse_event", "flag_id", "flag.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adverse_event")),
        sa.UniqueConstraint("public_id", name=op.f("uq_adverse_event_public_id")),
        sa.UniqueConstraint(
            "participant_id", "number", name=op.f("uq_adverse_event_participant_id_number")
        ),
        sa.UniqueConstraint("flag_id", name=op.f("uq_adverse_event_flag_id")),
        sa.UniqueConstraint("checkin_id", "item", name=op.f("uq_adverse_event_checkin_id_item")),
    )
    op.create_index("ix_adverse_event_site_id", "adverse_event", ["site_id"], unique=False)


def _versions() -> None:
    name = "adverse_version"
    op.create_table(
        name,
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("event_id", NUMBER, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("written_by", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("verdict", STRING(length=8), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("scale", STRING(length=20), nullable=True),
        sa.Column("serious", sa.JSON(), nullable=False),
        sa.Column("causality", STRING(length=14), nullable=True),
        sa.Column("expected", STRING(length=12), nullable=True),
        sa.Column("dechallenge", STRING(length=14), nullable=True),
        sa.Column("rechallenge", STRING(length=14), nullable=True),
        sa.Column("action", STRING(length=16), nullable=True),
        sa.Column("outcome", STRING(length=14), nullable=True),
        sa.Column("aware_at", MOMENT(), nullable=True),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("code", STRING(length=40), nullable=False),
        sa.Column("dictionary", STRING(length=40), nullable=False),
        _one_of(name, "verdict", "event no_event"),
        sa.CheckConstraint(
            "grade >= 1 AND grade <= 5", name=op.f("ck_adverse_version_grade_range")
        ),
        _one_of(name, "causality", "certain probable possible unlikely conditional unassessable"),
        _one_of(name, "expected", "expected unexpected unknown"),
        _one_of(name, "dechallenge", "improved not_improved not_stopped unknown"),
        _one_of(name, "rechallenge", "returned not_returned not_tried unknown"),
        _one_of(name, "action", "unchanged reduced held stopped not_applicable unknown"),
        _one_of(name, "outcome", "recovered recovering not_recovered sequelae fatal unknown"),
        _refers(name, "event_id", "adverse_event.id"),
        _refers(name, "written_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adverse_version")),
        sa.UniqueConstraint("event_id", "n", name=op.f("uq_adverse_version_event_id_n")),
    )


def _reports() -> None:
    name = "adverse_report"
    op.create_table(
        name,
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("event_id", NUMBER, nullable=False),
        sa.Column("clock", STRING(length=16), nullable=False),
        sa.Column("reported_at", MOMENT(), nullable=False),
        sa.Column("recorded_at", MOMENT(), nullable=False),
        sa.Column("recorded_by", NUMBER, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _one_of(name, "clock", "sponsor fatal fatal_follow_up serious"),
        _refers(name, "event_id", "adverse_event.id"),
        _refers(name, "recorded_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adverse_report")),
    )
    op.create_index("ix_adverse_report_event_id", name, ["event_id"], unique=False)


def _keep() -> None:
    """Whoever writes to the database adds; on SQLite a replacement deletes first, and is met."""
    if op.get_bind().dialect.name == "sqlite":
        for table in KEPT:
            for moment in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{moment.lower()} BEFORE {moment} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION adverse_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION adverse_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION adverse_refuse()"
        )


def downgrade() -> None:
    for table in reversed(KEPT):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION adverse_refuse()")
