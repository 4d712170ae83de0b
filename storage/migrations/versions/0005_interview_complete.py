"""The complete interview: offers, follow-ups, passing mentions, approvals, what a child chose.

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NEW_COLUMNS = {
    "young_person": (
        "duress_word_sealed",
        "born_on_sealed",
        "needs_support",
        "prompts_from",
        "prompts_until",
        "school_time_ok",
    ),
    "return_interview": ("way", "accepted_at", "length"),
    "conversation": ("silence_after_seq",),
}


def upgrade() -> None:
    """Apply."""
    for name in ("duress_word_sealed", "born_on_sealed"):
        op.add_column("young_person", sa.Column(name, sa.LargeBinary(), nullable=True))
    for name in ("prompts_from", "prompts_until"):
        op.add_column("young_person", sa.Column(name, sa.String(), nullable=True))
    for name in ("needs_support", "school_time_ok"):
        op.add_column(
            "young_person",
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false")),
        )
    op.add_column(
        "return_interview", sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True)
    )
    _add_known_column("way", "'text', 'talk', 'meet'")
    _add_known_column("length", "'full', 'short', 'repeat'")
    op.add_column("conversation", sa.Column("silence_after_seq", sa.Integer(), nullable=True))
    _create_passing_mention()
    _create_offer()
    _create_follow_up()
    _create_script_approval()


def _add_known_column(name: str, listed: str) -> None:
    """Add a column of return_interview with its check.

    In one statement, because SQLite adds a check to a table only by rebuilding it, and other tables
    refer to this one.
    """
    op.execute(
        f"ALTER TABLE return_interview ADD COLUMN {name} VARCHAR "
        f"CONSTRAINT ck_return_interview_{name}_known CHECK ({name} IN ({listed}))"
    )


def _create_passing_mention() -> None:
    op.create_table(
        "passing_mention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["return_interview.id"], name=op.f("fk_passing_mention_interview_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_passing_mention_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passing_mention")),
        sa.UniqueConstraint(
            "interview_id",
            "topic",
            "message_id",
            name=op.f("uq_passing_mention_interview_id_topic_message_id"),
        ),
    )


def _create_offer() -> None:
    op.create_table(
        "offer",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('invitation', 'reminder', 'follow_up', 'chat_was')",
            name=op.f("ck_offer_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["return_interview.id"], name=op.f("fk_offer_interview_id")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_offer_message_id")),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_offer_young_person_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_offer")),
        sa.UniqueConstraint("id", name=op.f("uq_offer_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_offer_due", "offer", ["young_person_id", "due_at"], unique=False)
    op.create_index(op.f("ix_offer_interview_id"), "offer", ["interview_id"], unique=False)


def _create_follow_up() -> None:
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["return_interview.id"], name=op.f("fk_follow_up_interview_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["staff.id"], name=op.f("fk_follow_up_written_by")),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_follow_up_young_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_index(op.f("ix_follow_up_interview_id"), "follow_up", ["interview_id"], unique=False)
    op.create_index(
        op.f("ix_follow_up_young_person_id"), "follow_up", ["young_person_id"], unique=False
    )


def _create_script_approval() -> None:
    op.create_table(
        "script_approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "role IN ('safeguarding_lead', 'young_peoples_group', 'translator')",
            name=op.f("ck_script_approval_role_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_approval")),
        sa.UniqueConstraint(
            "language",
            "version",
            "digest",
            "role",
            name=op.f("uq_script_approval_language_version_digest_role"),
        ),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("script_approval")
    op.drop_index(op.f("ix_follow_up_young_person_id"), table_name="follow_up")
    op.drop_index(op.f("ix_follow_up_interview_id"), table_name="follow_up")
    op.drop_table("follow_up")
    op.drop_index(op.f("ix_offer_interview_id"), table_name="offer")
    op.drop_index("ix_offer_due", table_name="offer")
    op.drop_table("offer")
    op.drop_table("passing_mention")
    for table, columns in NEW_COLUMNS.items():
        for name in columns:
            op.drop_column(table, name)
