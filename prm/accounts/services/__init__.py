"""Writing accounts; one function per verb, one file per subject."""
