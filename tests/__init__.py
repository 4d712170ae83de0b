"""Tests, in folders that mirror the packages; shape/ tests the repository itself."""
