"""When a session was ended last, found at once: open inboxes ask four times a second.

Revision: 0016, after 0015.
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_staff_session_ended_at", "staff_session", ["ended_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_staff_session_ended_at", table_name="staff_session")
