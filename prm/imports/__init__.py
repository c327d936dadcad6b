"""Files in: reading, mapping, dry run, errors, writing by jobs, undo. Targets are registered by the features (``targets``)."""
