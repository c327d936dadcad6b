"""Acts and panels on pages of others."""
