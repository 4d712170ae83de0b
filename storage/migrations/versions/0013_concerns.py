"""Whom an allegation may concern, and from whom it is hidden.

Revision: 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect, unprotect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _create_alias()
    _create_concern()
    _create_hidden()
    _create_shown()
    protect("concern")
    protect("concern_hidden")


def downgrade() -> None:
    """Undo: what was hidden is shown again to whoever may read, so downgrade with care."""
    unprotect("concern_hidden")
    unprotect("concern")
    for table in ("concern_shown", "concern_hidden", "concern", "staff_alias"):
        op.drop_table(table)


def _create_alias() -> None:
    op.create_table(
        "staff_alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(staff_id IS NULL) <> (team_id IS NULL)", name=op.f("ck_staff_alias_one_owner")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_alias_staff_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_staff_alias_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_alias")),
    )
    for owner in ("staff", "team"):
        given = sa.text(f"{owner}_id IS NOT NULL")
        op.create_index(
            f"uq_staff_alias_{owner}",
            "staff_alias",
            [f"{owner}_id", "alias"],
            unique=True,
            sqlite_where=given,
            postgresql_where=given,
        )


def _create_concern() -> None:
    op.create_table(
        "concern",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("from_seq", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("newcomer", sa.Boolean(), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_concern_escalation_id")
        ),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_concern_young_person_id")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_concern_message_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_concern")),
        sa.UniqueConstraint("id", name=op.f("uq_concern_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_concern_escalation_id"), "concern", ["escalation_id"])
    op.create_index(op.f("ix_concern_young_person_id"), "concern", ["young_person_id"])


def _create_hidden() -> None:
    op.create_table(
        "concern_hidden",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("concern_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('staff', 'team', 'role', 'everybody')",
            name=op.f("ck_concern_hidden_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name=op.f("fk_concern_hidden_concern_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_concern_hidden_staff_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_concern_hidden_team_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_concern_hidden")),
        sa.UniqueConstraint("id", name=op.f("uq_concern_hidden_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_concern_hidden_concern_id", "concern_hidden", ["concern_id"])


def _create_shown() -> None:
    op.create_table(
        "concern_shown",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hidden_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("refused_by", sa.Uuid(), nullable=True),
        sa.Column("refused_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "agreed_by IS NULL OR agreed_by <> asked_by",
            name=op.f("ck_concern_shown_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["hidden_id"], ["concern_hidden.id"], name=op.f("fk_concern_shown_hidden_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_concern_shown_asked_by")),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["staff.id"], name=op.f("fk_concern_shown_agreed_by")
        ),
        sa.ForeignKeyConstraint(
            ["refused_by"], ["staff.id"], name=op.f("fk_concern_shown_refused_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_shown")),
    )
    op.create_index(
        "uq_concern_shown_open",
        "concern_shown",
        ["hidden_id"],
        unique=True,
        sqlite_where=sa.text("refused_at IS NULL"),
        postgresql_where=sa.text("refused_at IS NULL"),
    )
