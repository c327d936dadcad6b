"""Forms about companies and what hangs on them."""
