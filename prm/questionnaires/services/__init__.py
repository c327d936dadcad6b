"""Writing questionnaires; one function per verb, one file per subject."""
