"""The demo world as plain frames: no database, no clock. ``build_world(seed, today)`` is the way in."""
