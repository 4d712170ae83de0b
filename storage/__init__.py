"""What is kept: tables, the functions that touch them, keys and encryption, the audit chain."""
