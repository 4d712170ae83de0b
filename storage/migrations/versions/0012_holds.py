"""A Person In The Conversation: Who Holds It.

Revision: 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HOW_ENDED = "'handed_back', 'taken_over', 'fell_silent', 'lapsed', 'guarded', 'withdrawn'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "conversation_hold",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.Column("last_wrote_at", MOMENT, nullable=True),
        sa.Column("waiting_since", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.Column("until_seq", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            f"ended_how IN ({HOW_ENDED})", name=op.f("ck_conversation_hold_ended_how_known")
        ),
        sa.ForeignKeyConstraint(
            ["young_person_id"],
            ["young_person.id"],
            name=op.f("fk_conversation_hold_young_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_conversation_hold_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_conversation_hold_escalation_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_conversation_hold")),
        sa.UniqueConstraint("id", name=op.f("uq_conversation_hold_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_conversation_hold_open",
        "conversation_hold",
        ["young_person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_conversation_hold_young_person", "conversation_hold", ["young_person_id", "seq"]
    )
    op.create_index(
        op.f("ix_conversation_hold_escalation_id"), "conversation_hold", ["escalation_id"]
    )
    op.create_table(
        "hold_text",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_hold_text_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["conversation_hold.id"], name=op.f("fk_hold_text_hold_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_hold_text_staff_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_hold_text")),
    )
    op.create_index(op.f("ix_hold_text_hold_id"), "hold_text", ["hold_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_hold_text_hold_id"), table_name="hold_text")
    op.drop_table("hold_text")
    op.drop_index(op.f("ix_conversation_hold_escalation_id"), table_name="conversation_hold")
    op.drop_index("ix_conversation_hold_young_person", table_name="conversation_hold")
    op.drop_index("uq_conversation_hold_open", table_name="conversation_hold")
    op.drop_table("conversation_hold")
