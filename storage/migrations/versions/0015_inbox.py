"""What the inbox asks every second, found without going through everything.

Revision: 0015, after 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    closed = sa.text("closed_at IS NOT NULL")
    op.create_index(
        "ix_escalation_closed",
        "escalation",
        ["closed_at", "seq"],
        sqlite_where=closed,
        postgresql_where=closed,
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "action"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_index("ix_escalation_closed", table_name="escalation")
