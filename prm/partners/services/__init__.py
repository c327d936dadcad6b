"""Writing the partner model; one function per verb."""
