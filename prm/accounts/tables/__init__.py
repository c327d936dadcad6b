"""Lists of accounts: people, keys, roles."""
