"""Reading the shared partner model, one file per subject."""
