"""Where studies and target lists stand in the sidebar."""
