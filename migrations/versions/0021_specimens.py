"""How a specimen was handled, which entry was wrong, and why one that was due is not there."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STRING = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOCKED = "this part of the record is locked"
_OF = "(SELECT {what} FROM urinalysis WHERE id = {row}.urinalysis_id)"
# As in 0017: of whom, and when; {row} is NEW or OLD.
_LOCK = (
    "EXISTS (SELECT 1 FROM record_lock l WHERE l.lifted_at IS NULL AND "
    "((l.participant_id = {who} AND (l.scope = 'participant'{days})) "
    "OR (l.scope = 'study' AND l.site_id = (SELECT site_id FROM participant WHERE id = {who}))))"
)
_OF_MOMENT = " OR (l.scope = 'visit' AND {when} >= l.from_at AND {when} < l.until_at)"
_BESIDE = _LOCK.format(
    who=_OF.format(what="participant_id", row="{row}"),
    days=_OF_MOMENT.format(when=_OF.format(what="at", row="{row}")),
)
LOCKS = {
    "specimen_handling": _BESIDE,
    "specimen_void": _BESIDE,
    "specimen_missing": _LOCK.format(who="{row}.participant_id", days=""),
}


def upgrade() -> None:
    op.create_table(
        "specimen_handling",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("urinalysis_id", NUMBER, nullable=False),
        sa.Column("read_at", MOMENT(), nullable=False),
        sa.Column("celsius", sa.Float(), nullable=True),
        sa.Column("lot", STRING(length=40), nullable=False),
        sa.Column("unusable", STRING(length=12), nullable=True),
        sa.CheckConstraint(
            "unusable IN ('cold', 'hot', 'tampered', 'unreadable')",
            name=op.f("ck_specimen_handling_unusable"),
        ),
        sa.ForeignKeyConstraint(
            ["urinalysis_id"], ["urinalysis.id"], name=op.f("fk_specimen_handling_urinalysis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specimen_handling")),
        sa.UniqueConstraint("urinalysis_id", name=op.f("uq_specimen_handling_urinalysis_id")),
    )
    op.create_table(
        "specimen_void",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("urinalysis_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_specimen_void_staff_id")),
        sa.ForeignKeyConstraint(
            ["urinalysis_id"], ["urinalysis.id"], name=op.f("fk_specimen_void_urinalysis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specimen_void")),
        sa.UniqueConstraint("urinalysis_id", name=op.f("uq_specimen_void_urinalysis_id")),
    )
    op.create_table(
        "specimen_missing",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("participant_id", NUMBER, nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("reason", STRING(length=12), nullable=False),
        sa.Column("recorded_at", MOMENT(), nullable=False),
        sa.Column("recorded_by", NUMBER, nullable=False),
        sa.CheckConstraint(
            "reason IN ('absent', 'declined', 'unable', 'not_asked', 'other')",
            name=op.f("ck_specimen_missing_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_specimen_missing_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_specimen_missing_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specimen_missing")),
        sa.UniqueConstraint(
            "participant_id", "week", name=op.f("uq_specimen_missing_participant_id_week")
        ),
    )
    for table, locked in LOCKS.items():
        old, new = locked.format(row="OLD"), locked.format(row="NEW")
        for moment, when in (("INSERT", new), ("UPDATE", f"{old} OR {new}"), ("DELETE", old)):
            _refuse(table, moment, when)


def _sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _refuse(table: str, moment: str, condition: str) -> None:
    name = f"{table}_locked_{moment.lower()}"
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{LOCKED}'); END"
        )
        return
    goes_on = "OLD" if moment == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{LOCKED}'; END IF; RETURN {goes_on}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    for table in LOCKS if not _sqlite() else ():
        for moment in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {table}_locked_{moment} ON {table}")
            op.execute(f"DROP FUNCTION {table}_locked_{moment}()")
    op.drop_table("specimen_missing")
    op.drop_table("specimen_void")
    op.drop_table("specimen_handling")
