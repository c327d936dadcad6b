"""A company's timeline, and how what happened reads."""
