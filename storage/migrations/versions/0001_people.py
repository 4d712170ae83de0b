"""First tables: staff, young people, episodes and interviews.

Revision: 0001, after nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.append_only import protect, unprotect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("clock_offset_s", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "clock_offset_s = 0 OR (mode = 'demo' AND clock_offset_s > 0)",
            name=op.f("ck_installation_demo_clock"),
        ),
        sa.CheckConstraint("mode IN ('live', 'demo')", name=op.f("ck_installation_mode_known")),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("id", name=op.f("uq_audit_entry_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('duty_worker', 'advocate', 'manager', 'administrator')",
            name=op.f("ck_staff_role_known"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        sa.UniqueConstraint("id", name=op.f("uq_staff_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("account_index", sa.String(), nullable=False),
        sa.Column("address_index", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_sign_in_attempt")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_sign_in_attempt_account", "sign_in_attempt", ["account_index", "at"], unique=False
    )
    op.create_index(
        "ix_sign_in_attempt_address", "sign_in_attempt", ["address_index", "at"], unique=False
    )
    op.create_table(
        "young_person",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("check_word_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_young_person")),
        sa.UniqueConstraint("id", name=op.f("uq_young_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "contact_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("unreachable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["young_person_id"],
            ["young_person.id"],
            name=op.f("fk_contact_address_young_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_address")),
        sa.UniqueConstraint(
            "channel",
            "address_index",
            "young_person_id",
            name=op.f("uq_contact_address_channel_address_index_young_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_contact_address_young_person_id"),
        "contact_address",
        ["young_person_id"],
        unique=False,
    )
    op.create_table(
        "missing_episode",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["young_person_id"],
            ["young_person.id"],
            name=op.f("fk_missing_episode_young_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_episode")),
    )
    op.create_index(
        op.f("ix_missing_episode_young_person_id"),
        "missing_episode",
        ["young_person_id"],
        unique=False,
    )
    op.create_table(
        "return_interview",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("advocate_id", sa.Uuid(), nullable=True),
        sa.Column("texting_agreed_by", sa.Uuid(), nullable=True),
        sa.Column("position", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["staff.id"], name=op.f("fk_return_interview_advocate_id")
        ),
        sa.ForeignKeyConstraint(
            ["texting_agreed_by"], ["staff.id"], name=op.f("fk_return_interview_texting_agreed_by")
        ),
        sa.ForeignKeyConstraint(
            ["young_person_id"],
            ["young_person.id"],
            name=op.f("fk_return_interview_young_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_interview")),
    )
    op.create_index(
        op.f("ix_return_interview_young_person_id"),
        "return_interview",
        ["young_person_id"],
        unique=False,
    )
    op.create_index(
        "uq_return_interview_open",
        "return_interview",
        ["young_person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "interview_episode",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["missing_episode.id"], name=op.f("fk_interview_episode_episode_id")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["return_interview.id"],
            name=op.f("fk_interview_episode_interview_id"),
        ),
        sa.PrimaryKeyConstraint("interview_id", "episode_id", name=op.f("pk_interview_episode")),
    )
    op.create_table(
        "conversation",
        sa.Column("young_person_id", sa.Uuid(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("contact_address_id", sa.Uuid(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("turn_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unknown_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "contact IN ('open', 'guarded', 'unverified')",
            name=op.f("ck_conversation_contact_known"),
        ),
        sa.ForeignKeyConstraint(
            ["contact_address_id"],
            ["contact_address.id"],
            name=op.f("fk_conversation_contact_address_id"),
        ),
        sa.ForeignKeyConstraint(
            ["young_person_id"], ["young_person.id"], name=op.f("fk_conversation_young_person_id")
        ),
        sa.PrimaryKeyConstraint("young_person_id", name=op.f("pk_conversation")),
    )
    op.create_index(
        "ix_conversation_turn_due",
        "conversation",
        ["turn_due_at"],
        unique=False,
        sqlite_where=sa.text("turn_due_at IS NOT NULL"),
        postgresql_where=sa.text("turn_due_at IS NOT NULL"),
    )
    protect("audit_entry")


def downgrade() -> None:
    """Undo."""
    unprotect("audit_entry")
    op.drop_index(
        "ix_conversation_turn_due",
        table_name="conversation",
        sqlite_where=sa.text("turn_due_at IS NOT NULL"),
        postgresql_where=sa.text("turn_due_at IS NOT NULL"),
    )
    op.drop_table("conversation")
    op.drop_table("interview_episode")
    op.drop_index(
        "uq_return_interview_open",
        table_name="return_interview",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_return_interview_young_person_id"), table_name="return_interview")
    op.drop_table("return_interview")
    op.drop_index(op.f("ix_missing_episode_young_person_id"), table_name="missing_episode")
    op.drop_table("missing_episode")
    op.drop_index(op.f("ix_contact_address_young_person_id"), table_name="contact_address")
    op.drop_table("contact_address")
    op.drop_table("young_person")
    op.drop_index("ix_sign_in_attempt_address", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_account", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_index(op.f("ix_staff_session_staff_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_table("staff")
    op.drop_table("audit_entry")
    op.drop_table("installation")
