"""Reading accounts, one file per subject."""
