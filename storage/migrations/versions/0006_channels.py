"""The real channels: reports, alarms, refusals, links and bindings, and what messages carry.

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD_DISPOSITIONS = (
    "turn",
    "held",
    "parked",
    "after_end",
    "unknown_sender",
    "media",
    "over_budget",
)
DISPOSITIONS = (*OLD_DISPOSITIONS, "edit", "call")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.add_column("message", sa.Column("choices", sa.JSON(), nullable=True))
    op.add_column("message", sa.Column("sent_at", MOMENT, nullable=True))
    op.add_column(
        "outbox_entry",
        sa.Column("prompt", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column("delivery_attempt", sa.Column("provider_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_delivery_attempt_provider_id"), "delivery_attempt", ["provider_id"])
    op.add_column("contact_address", sa.Column("last_in_at", MOMENT, nullable=True))
    op.add_column("offer", sa.Column("outcome", sa.String(), nullable=True))
    _set_dispositions(DISPOSITIONS)
    _create_related_message()
    _create_provider_report()
    _create_sender_link()
    _create_binding_token()
    _create_service_alarm()
    _create_alarm_text()
    _create_refusals()


def _create_related_message() -> None:
    op.create_table(
        "related_message",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("of_message_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('edit', 'copy')", name=op.f("ck_related_message_kind_known")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_related_message_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["of_message_id"], ["message.id"], name=op.f("fk_related_message_of_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_related_message")),
    )
    op.create_index(op.f("ix_related_message_of_message_id"), "related_message", ["of_message_id"])


def _set_dispositions(kinds: tuple[str, ...]) -> None:
    """Change which kinds there are; on SQLite by a copy of the table, which nothing refers to."""
    listed = ", ".join(repr(kind) for kind in kinds)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("ck_disposition_kind_known", "disposition")
        op.create_check_constraint(
            op.f("ck_disposition_kind_known"), "disposition", f"kind IN ({listed})"
        )
        return
    op.create_table(
        "disposition_copy",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(f"kind IN ({listed})", name=op.f("ck_disposition_kind_known")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_disposition_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_disposition")),
    )
    op.execute("INSERT INTO disposition_copy SELECT message_id, kind, at FROM disposition")
    op.drop_table("disposition")
    op.rename_table("disposition_copy", "disposition")


def _create_provider_report() -> None:
    op.create_table(
        "provider_report",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed')",
            name=op.f("ck_provider_report_status_known"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_provider_report")),
        sa.UniqueConstraint("id", name=op.f("uq_provider_report_id")),
        sa.UniqueConstraint(
            "channel",
            "provider_id",
            "status",
            "code",
            name=op.f("uq_provider_report_channel_provider_id_status_code"),
        ),
        sqlite_autoincrement=True,
    )


def _create_sender_link() -> None:
    op.create_table(
        "sender_link",
        sa.Column("provisional_id", sa.Uuid(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["provisional_id"], ["young_person.id"], name=op.f("fk_sender_link_provisional_id")
        ),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_sender_link_young_person_id")
        ),
        sa.ForeignKeyConstraint(["linked_by"], ["staff.id"], name=op.f("fk_sender_link_linked_by")),
        sa.PrimaryKeyConstraint("provisional_id", name=op.f("pk_sender_link")),
    )
    op.create_index(op.f("ix_sender_link_young_person_id"), "sender_link", ["young_person_id"])


def _create_binding_token() -> None:
    op.create_table(
        "binding_token",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_binding_token_young_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["staff.id"], name=op.f("fk_binding_token_created_by")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_binding_token")),
    )
    op.create_index(op.f("ix_binding_token_young_person_id"), "binding_token", ["young_person_id"])


def _create_service_alarm() -> None:
    op.create_table(
        "service_alarm",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("cleared_at", MOMENT, nullable=True),
        sa.Column("cleared_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cleared_by"], ["staff.id"], name=op.f("fk_service_alarm_cleared_by")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_service_alarm")),
        sa.UniqueConstraint("id", name=op.f("uq_service_alarm_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_service_alarm_open",
        "service_alarm",
        ["kind", "detail"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )


def _create_alarm_text() -> None:
    op.create_table(
        "alarm_text",
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["service_alarm.id"], name=op.f("fk_alarm_text_alarm_id")
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox_entry.id"], name=op.f("fk_alarm_text_outbox_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_alarm_text_staff_id")),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_alarm_text")),
    )
    op.create_index(op.f("ix_alarm_text_alarm_id"), "alarm_text", ["alarm_id"])


def _create_refusals() -> None:
    op.create_table(
        "refusal_count",
        sa.Column("minute", MOMENT, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "source", "reason", name=op.f("pk_refusal_count")),
    )
    op.create_table(
        "unreadable_request",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("raw_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_unreadable_request")),
        sa.UniqueConstraint("id", name=op.f("uq_unreadable_request_id")),
        sa.UniqueConstraint("source", "digest", name=op.f("uq_unreadable_request_source_digest")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Undo."""
    for table in ("unreadable_request", "refusal_count"):
        op.drop_table(table)
    op.drop_index(op.f("ix_alarm_text_alarm_id"), table_name="alarm_text")
    op.drop_table("alarm_text")
    op.drop_index("uq_service_alarm_open", table_name="service_alarm")
    op.drop_table("service_alarm")
    op.drop_index(op.f("ix_binding_token_young_person_id"), table_name="binding_token")
    op.drop_table("binding_token")
    op.drop_index(op.f("ix_sender_link_young_person_id"), table_name="sender_link")
    op.drop_table("sender_link")
    op.drop_table("provider_report")
    op.drop_index(op.f("ix_related_message_of_message_id"), table_name="related_message")
    op.drop_table("related_message")
    op.execute("UPDATE disposition SET kind = 'turn' WHERE kind IN ('edit', 'call')")
    _set_dispositions(OLD_DISPOSITIONS)
    op.drop_column("offer", "outcome")
    op.drop_column("contact_address", "last_in_at")
    op.drop_index(op.f("ix_delivery_attempt_provider_id"), table_name="delivery_attempt")
    op.drop_column("delivery_attempt", "provider_id")
    op.drop_column("outbox_entry", "prompt")
    op.drop_column("message", "sent_at")
    op.drop_column("message", "choices")
