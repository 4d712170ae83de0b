"""The life of an escalation after it was raised; authorities, teams, facts for an emergency.

Revision: 0008, after 0007. New columns carry no foreign keys: SQLite would rebuild the tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect, unprotect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("acknowledged_at IS NULL AND closed_at IS NULL")
KINDS_BEFORE = (
    "hit",
    "not_screened",
    "unread",
    "undelivered",
    "turn_failed",
    "opted_out",
    "nobody_reachable",
    "contact_not_safe",
    "acknowledged",
    "outcome",
    "closed",
    "child_told",
)
KINDS = (
    *KINDS_BEFORE,
    "can_act_now",
    "passed_on",
    "handed_over",
    "reopened",
    "priority_set",
    "linked",
    "call",
    "referral",
    "made_safe",
    "day_check",
    "looked_back",
    "joined",
    "left",
    "revealed",
    "copied_for_police",
    "contact_made_safe",
    "safe_instruction",
    "ladder_step",
)
COLUMNS = {
    "escalation": (
        ("ladder", sa.String(), "main"),
        ("climbs_since", MOMENT, None),
        ("reopened", sa.Integer(), sa.text("0")),
        ("holder_id", sa.Uuid(), None),
        ("first_action_at", MOMENT, None),
        ("next_check_at", MOMENT, None),
        ("handed_to_day_at", MOMENT, None),
        ("looked_back_at", MOMENT, None),
        ("looked_back_by", sa.Uuid(), None),
        ("is_drill", sa.Boolean(), sa.text("false")),
    ),
    "alert": (("channel", sa.String(), "sms"), ("address_id", sa.Uuid(), None)),
    "staff": (
        ("chosen_name", sa.String(), None),
        ("authority_id", sa.Uuid(), None),
        ("team_id", sa.Uuid(), None),
        ("phone_verified_at", MOMENT, None),
        ("left_at", MOMENT, None),
    ),
    "young_person": (
        ("authority_id", sa.Uuid(), None),
        ("host_authority_id", sa.Uuid(), None),
        ("home_team_id", sa.Uuid(), None),
        ("emergency_sealed", sa.LargeBinary(), None),
        ("is_drill", sa.Boolean(), sa.text("false")),
    ),
}
"""Table: name, type and default of each new column; one without a default may be empty."""


def upgrade() -> None:
    """Apply."""
    for table, columns in COLUMNS.items():
        for name, kind, default in columns:
            op.add_column(
                table, sa.Column(name, kind, nullable=default is None, server_default=default)
            )
    _one_open_for("young_person_id", "ladder")
    _know_kinds(KINDS)
    op.create_table(
        "authority",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("out_of_hours_phone", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
        sa.UniqueConstraint("name", name=op.f("uq_authority_name")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('duty', 'home', 'advocacy', 'independent', 'other')",
            name=op.f("ck_team_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_team_authority_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("authority_id", "name", name=op.f("uq_team_authority_id_name")),
    )


def downgrade() -> None:
    """Undo; what only the newer release can say of an escalation is lost."""
    op.drop_table("team")
    op.drop_table("authority")
    unprotect("escalation_event")
    known = ", ".join(f"'{each}'" for each in KINDS_BEFORE)
    op.execute(f"DELETE FROM escalation_event WHERE kind NOT IN ({known})")  # noqa: S608
    protect("escalation_event")
    _know_kinds(KINDS_BEFORE)
    _one_open_for("young_person_id")
    for table, columns in COLUMNS.items():
        for name, _, _ in columns:
            op.drop_column(table, name)


def _one_open_for(*columns: str) -> None:
    op.drop_index("uq_escalation_unacknowledged", table_name="escalation")
    op.create_index(
        "uq_escalation_unacknowledged",
        "escalation",
        list(columns),
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _know_kinds(kinds: tuple[str, ...]) -> None:
    """Change which kinds of events the database takes; SQLite makes the table anew for it."""
    known = ", ".join(f"'{each}'" for each in kinds)
    name = op.f("ck_escalation_event_kind_known")
    unprotect("escalation_event")
    with op.batch_alter_table(
        "escalation_event", table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"kind IN ({known})")
    protect("escalation_event")
