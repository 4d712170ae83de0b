"""Migrations of the main database, in order."""
