"""Alembic migrations of the main database (versions) and of the key store (key_versions)."""
