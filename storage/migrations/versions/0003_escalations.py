"""First tables: escalations, alerts and tasks.

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect, unprotect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "escalation",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_alert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alert_step", sa.Integer(), nullable=False),
        sa.Column("child_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("priority IN (1, 2, 3)", name=op.f("ck_escalation_priority_known")),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["staff.id"], name=op.f("fk_escalation_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_escalation_closed_by")),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["return_interview.id"], name=op.f("fk_escalation_interview_id")
        ),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_escalation_young_person_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_escalation")),
        sa.UniqueConstraint("id", name=op.f("uq_escalation_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_escalation_reference")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_escalation_inbox",
        "escalation",
        ["priority", "raised_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        op.f("ix_escalation_young_person_id"), "escalation", ["young_person_id"], unique=False
    )
    op.create_index(
        "uq_escalation_unacknowledged",
        "escalation",
        ["young_person_id"],
        unique=True,
        sqlite_where=sa.text("acknowledged_at IS NULL AND closed_at IS NULL"),
        postgresql_where=sa.text("acknowledged_at IS NULL AND closed_at IS NULL"),
    )
    op.create_table(
        "escalation_event",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("detail_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('hit', 'not_screened', 'unread', 'undelivered', 'turn_failed', 'opted_out', 'nobody_reachable', 'contact_not_safe', 'acknowledged', 'outcome', 'closed', 'child_told')",
            name=op.f("ck_escalation_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_escalation_event_escalation_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_escalation_event_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_escalation_event_staff_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_escalation_event")),
        sa.UniqueConstraint("id", name=op.f("uq_escalation_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_escalation_event_escalation_id"),
        "escalation_event",
        ["escalation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_escalation_event_message_id"), "escalation_event", ["message_id"], unique=False
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_alert_escalation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_alert_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_escalation_id"), "alert", ["escalation_id"], unique=False)
    op.create_table(
        "human_task",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["done_by"], ["staff.id"], name=op.f("fk_human_task_done_by")),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["return_interview.id"], name=op.f("fk_human_task_interview_id")
        ),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_human_task_young_person_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_human_task")),
        sa.UniqueConstraint("id", name=op.f("uq_human_task_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_human_task_open",
        "human_task",
        ["young_person_id", "kind"],
        unique=True,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    protect("escalation_event")


def downgrade() -> None:
    """Undo."""
    unprotect("escalation_event")
    op.drop_index(
        "uq_human_task_open",
        table_name="human_task",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("human_task")
    op.drop_index(op.f("ix_alert_escalation_id"), table_name="alert")
    op.drop_table("alert")
    op.drop_index(op.f("ix_escalation_event_message_id"), table_name="escalation_event")
    op.drop_index(op.f("ix_escalation_event_escalation_id"), table_name="escalation_event")
    op.drop_table("escalation_event")
    op.drop_index(
        "uq_escalation_unacknowledged",
        table_name="escalation",
        sqlite_where=sa.text("acknowledged_at IS NULL AND closed_at IS NULL"),
        postgresql_where=sa.text("acknowledged_at IS NULL AND closed_at IS NULL"),
    )
    op.drop_index(op.f("ix_escalation_young_person_id"), table_name="escalation")
    op.drop_index(
        "ix_escalation_inbox",
        table_name="escalation",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("escalation")
