"""Long work: chunks, progress, cancel, resume. A feature writes a ``JobKind``; see ``prm.jobs.kinds``."""
