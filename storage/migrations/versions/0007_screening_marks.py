"""Learning from people: marks on the screening, cleaned copies of the words, what was exported.

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect, unprotect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _create_mark()
    _create_copy()
    op.create_table(
        "screening_mark_export",
        sa.Column("mark_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["mark_id"], ["screening_mark.id"], name=op.f("fk_screening_mark_export_mark_id")
        ),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_screening_mark_export")),
    )
    protect("screening_mark")
    protect("screening_mark_copy")


def _create_mark() -> None:
    op.create_table(
        "screening_mark",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=True),
        sa.Column("escalation_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("detail_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('not_a_disclosure', 'missed')", name=op.f("ck_screening_mark_kind_known")
        ),
        sa.CheckConstraint("priority >= 0", name=op.f("ck_screening_mark_priority_known")),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_screening_mark_young_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["return_interview.id"], name=op.f("fk_screening_mark_interview_id")
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_screening_mark_escalation_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_screening_mark_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_screening_mark_staff_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_screening_mark")),
        sa.UniqueConstraint("id", name=op.f("uq_screening_mark_id")),
        sa.UniqueConstraint(
            "message_id",
            "kind",
            "priority",
            name=op.f("uq_screening_mark_message_id_kind_priority"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_screening_mark_young_person_id"), "screening_mark", ["young_person_id"]
    )
    op.create_index(op.f("ix_screening_mark_escalation_id"), "screening_mark", ["escalation_id"])


def _create_copy() -> None:
    op.create_table(
        "screening_mark_copy",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mark_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("detail_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "decision IN ('cleaned', 'left_out')",
            name=op.f("ck_screening_mark_copy_decision_known"),
        ),
        sa.ForeignKeyConstraint(
            ["mark_id"], ["screening_mark.id"], name=op.f("fk_screening_mark_copy_mark_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_screening_mark_copy_staff_id")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_screening_mark_copy")),
        sa.UniqueConstraint("id", name=op.f("uq_screening_mark_copy_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_screening_mark_copy_mark_id"), "screening_mark_copy", ["mark_id"])


def downgrade() -> None:
    """Undo."""
    unprotect("screening_mark_copy")
    unprotect("screening_mark")
    op.drop_table("screening_mark_export")
    op.drop_index(op.f("ix_screening_mark_copy_mark_id"), table_name="screening_mark_copy")
    op.drop_table("screening_mark_copy")
    op.drop_index(op.f("ix_screening_mark_escalation_id"), table_name="screening_mark")
    op.drop_index(op.f("ix_screening_mark_young_person_id"), table_name="screening_mark")
    op.drop_table("screening_mark")
