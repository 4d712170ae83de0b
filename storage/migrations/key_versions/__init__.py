"""Migrations of the key store, in order."""
