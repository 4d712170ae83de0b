"""Drills: Planned, Run, Timed.

Revision: 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "drill",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("week", sa.Date(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("postponed", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("detected_at", MOMENT, nullable=True),
        sa.Column("timer_set", sa.Boolean(), nullable=False),
        sa.Column("alerted_at", MOMENT, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("target IN ('sink', 'person')", name=op.f("ck_drill_target_known")),
        sa.CheckConstraint(
            "state IN ('planned', 'running', 'passed', 'failed', 'missed', 'cancelled')",
            name=op.f("ck_drill_state_known"),
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_drill_set_by")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_drill")),
        sa.UniqueConstraint("id", name=op.f("uq_drill_id")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_drill_provider_id")),
        sqlite_autoincrement=True,
    )
    for name, column, state in (
        ("uq_drill_planned", "target", "planned"),
        ("uq_drill_running", "state", "running"),
    ):
        where = sa.text(f"state = '{state}'")
        op.create_index(
            name, "drill", [column], unique=True, sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "drill_alert",
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_entry.id"], name=op.f("fk_drill_alert_outbox_id")
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_drill_alert_escalation_id")
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_drill_alert")),
    )
    op.create_index(op.f("ix_drill_alert_escalation_id"), "drill_alert", ["escalation_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_drill_alert_escalation_id"), table_name="drill_alert")
    op.drop_table("drill_alert")
    for name in ("uq_drill_running", "uq_drill_planned"):
        op.drop_index(name, table_name="drill")
    op.drop_table("drill")
