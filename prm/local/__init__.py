"""The embedded default: Postgres and Redis from wheels, and the process supervisor of ``make demo``."""
