"""First tables: the outbox and what became of it.

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect, unprotect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "outbox_entry",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'claimed', 'in_doubt', 'sent', 'failed', 'dropped')",
            name=op.f("ck_outbox_entry_state_known"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_outbox_entry_alert_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_outbox_entry_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_outbox_entry_young_person_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox_entry")),
        sa.UniqueConstraint("alert_id", name=op.f("uq_outbox_entry_alert_id")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_entry_id")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_entry_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_entry_live",
        "outbox_entry",
        ["rank", "seq"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'claimed', 'in_doubt')"),
        postgresql_where=sa.text("state IN ('waiting', 'claimed', 'in_doubt')"),
    )
    op.create_index(
        op.f("ix_outbox_entry_young_person_id"), "outbox_entry", ["young_person_id"], unique=False
    )
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_entry.id"], name=op.f("fk_delivery_attempt_outbox_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
        sa.UniqueConstraint(
            "outbox_id", "number", name=op.f("uq_delivery_attempt_outbox_id_number")
        ),
    )
    op.create_table(
        "delivery_event",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'sent', 'delivered', 'failed', 'dropped')",
            name=op.f("ck_delivery_event_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_entry.id"], name=op.f("fk_delivery_event_outbox_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_delivery_event")),
        sa.UniqueConstraint("id", name=op.f("uq_delivery_event_id")),
        sa.UniqueConstraint(
            "outbox_id", "status", "code", name=op.f("uq_delivery_event_outbox_id_status_code")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "simulated_phone",
        sa.Column("address_index", sa.String(), nullable=False),
        sa.Column("out_of_signal", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("address_index", name=op.f("pk_simulated_phone")),
    )
    op.create_table(
        "simulated_delivery",
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("address_index", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_entry.id"], name=op.f("fk_simulated_delivery_outbox_id")
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_simulated_delivery")),
    )
    op.create_index(
        op.f("ix_simulated_delivery_address_index"),
        "simulated_delivery",
        ["address_index"],
        unique=False,
    )
    protect("delivery_event")


def downgrade() -> None:
    """Undo."""
    unprotect("delivery_event")
    op.drop_index(op.f("ix_simulated_delivery_address_index"), table_name="simulated_delivery")
    op.drop_table("simulated_delivery")
    op.drop_table("simulated_phone")
    op.drop_table("delivery_event")
    op.drop_table("delivery_attempt")
    op.drop_index(op.f("ix_outbox_entry_young_person_id"), table_name="outbox_entry")
    op.drop_index(
        "ix_outbox_entry_live",
        table_name="outbox_entry",
        sqlite_where=sa.text("state IN ('waiting', 'claimed', 'in_doubt')"),
        postgresql_where=sa.text("state IN ('waiting', 'claimed', 'in_doubt')"),
    )
    op.drop_table("outbox_entry")
