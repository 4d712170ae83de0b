"""Who Is On Duty When, And What They Hand Over.

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect, unprotect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _create_shift()
    op.create_table(
        "handover_note",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ladder", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "ladder IN ('main', 'independent')", name=op.f("ck_handover_note_ladder_known")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_handover_note_staff_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_handover_note_shift_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_handover_note")),
        sa.UniqueConstraint("id", name=op.f("uq_handover_note_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handover_note_ladder", "handover_note", ["ladder", "at"])
    op.create_table(
        "handover_reading",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["handover_note.id"], name=op.f("fk_handover_reading_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_handover_reading_staff_id")
        ),
        sa.PrimaryKeyConstraint("note_id", "staff_id", name=op.f("pk_handover_reading")),
    )
    protect("handover_note")


def _create_shift() -> None:
    op.create_table(
        "shift",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ladder", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint("ladder IN ('main', 'independent')", name=op.f("ck_shift_ladder_known")),
        sa.CheckConstraint("position IN (1, 2)", name=op.f("ck_shift_position_known")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_goes_forward")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_shift_staff_id")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_shift_authority_id")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["staff.id"], name=op.f("fk_shift_entered_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["staff.id"], name=op.f("fk_shift_removed_by")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_shift")),
        sa.UniqueConstraint("id", name=op.f("uq_shift_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_shift_staff_starts",
        "shift",
        ["staff_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index("ix_shift_ladder", "shift", ["ladder", "ends_at"])


def downgrade() -> None:
    """Undo."""
    unprotect("handover_note")
    op.drop_table("handover_reading")
    op.drop_index("ix_handover_note_ladder", table_name="handover_note")
    op.drop_table("handover_note")
    op.drop_index("ix_shift_ladder", table_name="shift")
    op.drop_index("uq_shift_staff_starts", table_name="shift")
    op.drop_table("shift")
