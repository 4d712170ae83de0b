"""Second factors, sessions that can be listed, invitations.

Revision: 0011, after 0010.
"""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SESSION_COLUMNS = (
    ("id", sa.Uuid()),
    ("label", sa.String()),
    ("factor", sa.String()),
    ("proved_at", MOMENT),
)
TABLES = (
    "staff_identity",
    "staff_invitation",
    "passkey_challenge",
    "passkey",
    "recovery_code",
    "one_time_key",
)


def upgrade() -> None:
    """Apply; a session from before gives no second factor and is asked for one."""
    for name, kind in SESSION_COLUMNS:
        op.add_column("staff_session", sa.Column(name, kind, nullable=True))
    _name_the_sessions()
    op.create_index("uq_staff_session_id", "staff_session", ["id"], unique=True)
    op.create_table(
        "one_time_key",
        *_owned_row("one_time_key"),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
    )
    for state, condition in (("confirmed", "IS NOT NULL"), ("begun", "IS NULL")):
        only = sa.text(f"confirmed_at {condition}")
        op.create_index(
            f"uq_one_time_key_{state}",
            "one_time_key",
            ["staff_id"],
            unique=True,
            sqlite_where=only,
            postgresql_where=only,
        )
    op.create_table(
        "recovery_code",
        *_owned_row("recovery_code"),
        sa.Column("code_index", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.UniqueConstraint("code_index", name=op.f("uq_recovery_code_code_index")),
    )
    op.create_index(op.f("ix_recovery_code_staff_id"), "recovery_code", ["staff_id"])
    op.create_table(
        "passkey",
        *_owned_row("passkey"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_staff_id"), "passkey", ["staff_id"])
    _create_tables_of_tokens()


def _name_the_sessions() -> None:
    session = sa.table("staff_session", sa.column("token_hash"), sa.column("id", sa.Uuid()))
    known = op.get_bind().execute(sa.select(session.c.token_hash)).scalars().all()
    for token_hash in known:
        op.execute(session.update().where(session.c.token_hash == token_hash).values(id=uuid4()))


def _owned_row(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        _of_staff(table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _of_staff(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f(f"fk_{table}_staff_id"))


def _create_tables_of_tokens() -> None:
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge_hash", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "purpose IN ('add', 'sign_in', 'second')",
            name=op.f("ck_passkey_challenge_purpose_known"),
        ),
        _of_staff("passkey_challenge"),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_passkey_challenge")),
    )
    op.create_index(op.f("ix_passkey_challenge_made_at"), "passkey_challenge", ["made_at"])
    op.create_table(
        "staff_invitation",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _of_staff("staff_invitation"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_invitation")),
    )
    op.create_index(op.f("ix_staff_invitation_staff_id"), "staff_invitation", ["staff_id"])
    op.create_table(
        "staff_identity",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _of_staff("staff_identity"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_staff_identity")),
        sa.UniqueConstraint("staff_id", "issuer", name=op.f("uq_staff_identity_staff_id_issuer")),
    )


def downgrade() -> None:
    """Undo; everybody signs in with a password alone again."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("uq_staff_session_id", table_name="staff_session")
    for name, _ in SESSION_COLUMNS:
        op.drop_column("staff_session", name)
