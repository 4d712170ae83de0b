"""Ladders, addresses of staff and lines outside.

Revision: 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _create_ladder_step()
    _create_line()
    _create_staff_address()
    op.create_table(
        "address_code",
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_entry.id"], name=op.f("fk_address_code_outbox_id")
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["staff_address.id"], name=op.f("fk_address_code_address_id")
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_address_code")),
    )


def _create_ladder_step() -> None:
    op.create_table(
        "ladder_step",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("ladder", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("after_s", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("priority IN (1, 2, 3)", name=op.f("ck_ladder_step_priority_known")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_ladder_step_authority_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_ladder_step_set_by")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ladder_step")),
        sa.UniqueConstraint("id", name=op.f("uq_ladder_step_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ladder_step_of", "ladder_step", ["authority_id", "ladder", "priority"])


def _create_line() -> None:
    op.create_table(
        "line",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_with", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('staffed', 'out_of_hours')", name=op.f("ck_line_kind_known")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_line_authority_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_line")),
        sa.UniqueConstraint("id", name=op.f("uq_line_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "line_alert",
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_entry.id"], name=op.f("fk_line_alert_outbox_id")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_alert_line_id")),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_line_alert_escalation_id")
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_line_alert")),
    )
    op.create_index(op.f("ix_line_alert_escalation_id"), "line_alert", ["escalation_id"])


def _create_staff_address() -> None:
    op.create_table(
        "staff_address",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("value_index", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("verified_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("code_until", MOMENT, nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('sms', 'second_sms', 'voice', 'email', 'webpush', 'webhook')",
            name=op.f("ck_staff_address_kind_known"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_address_staff_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_staff_address")),
        sa.UniqueConstraint("id", name=op.f("uq_staff_address_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_staff_address_value",
        "staff_address",
        ["staff_id", "kind", "value_index"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("address_code")
    op.drop_index("uq_staff_address_value", table_name="staff_address")
    op.drop_table("staff_address")
    op.drop_index(op.f("ix_line_alert_escalation_id"), table_name="line_alert")
    op.drop_table("line_alert")
    op.drop_table("line")
    op.drop_index("ix_ladder_step_of", table_name="ladder_step")
    op.drop_table("ladder_step")
