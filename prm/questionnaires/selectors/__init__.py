"""Reading questionnaires, one file per subject."""
