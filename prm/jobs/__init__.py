"""Long work: chunks, progress, cancel, resume (DESIGN §6). A feature writes a ``JobKind``; see ``prm.jobs.kinds``."""
