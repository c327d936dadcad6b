"""The partner portal (G2): its home, and what belongs to no single feature. Each feature's own pages are its ``portal.py``."""
