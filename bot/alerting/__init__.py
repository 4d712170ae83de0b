"""Alerting members of staff and lines outside: whom by which ways, and the ways themselves."""
