"""Settings: ``dev`` (default, also the demo), ``test``, ``prod``; all build on ``base``."""
