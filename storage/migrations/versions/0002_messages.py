"""First tables: messages, what screening made of them, and answers.

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect, unprotect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "message",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=True),
        sa.Column("contact_address_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("raw_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.String(), nullable=True),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("question_in_flight", sa.String(), nullable=True),
        sa.Column("text_key", sa.String(), nullable=True),
        sa.Column("exposure", sa.String(), nullable=True),
        sa.Column("readback", sa.Boolean(), nullable=False),
        sa.Column("script_version", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("machine_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_message_direction_known")),
        sa.CheckConstraint("kind IN ('text', 'media', 'pin')", name=op.f("ck_message_kind_known")),
        sa.ForeignKeyConstraint(
            ["contact_address_id"],
            ["contact_address.id"],
            name=op.f("fk_message_contact_address_id"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["return_interview.id"], name=op.f("fk_message_interview_id")
        ),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_message_young_person_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "channel", "account", "provider_id", name=op.f("uq_message_channel_account_provider_id")
        ),
        sa.UniqueConstraint("id", name=op.f("uq_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_message_conversation", "message", ["young_person_id", "seq"], unique=False)
    op.create_index(op.f("ix_message_interview_id"), "message", ["interview_id"], unique=False)
    op.create_table(
        "screening_result",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("result_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("detector", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'screened', 'not_screened')",
            name=op.f("ck_screening_result_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_screening_result_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_screening_result")),
    )
    op.create_index(
        "ix_screening_result_waiting",
        "screening_result",
        ["deadline_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "disposition",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('turn', 'held', 'parked', 'after_end', 'unknown_sender', 'media', 'over_budget')",
            name=op.f("ck_disposition_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_disposition_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_disposition")),
    )
    op.create_table(
        "answer",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["return_interview.id"], name=op.f("fk_answer_interview_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_answer")),
        sa.UniqueConstraint("id", name=op.f("uq_answer_id")),
        sa.UniqueConstraint(
            "interview_id", "question", name=op.f("uq_answer_interview_id_question")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "answer_message",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_answer_message_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_answer_message_message_id")
        ),
        sa.PrimaryKeyConstraint("answer_id", "message_id", name=op.f("pk_answer_message")),
    )
    protect("message")


def downgrade() -> None:
    """Undo."""
    unprotect("message")
    op.drop_table("answer_message")
    op.drop_table("answer")
    op.drop_table("disposition")
    op.drop_index(
        "ix_screening_result_waiting",
        table_name="screening_result",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_table("screening_result")
    op.drop_index(op.f("ix_message_interview_id"), table_name="message")
    op.drop_index("ix_message_conversation", table_name="message")
    op.drop_table("message")
