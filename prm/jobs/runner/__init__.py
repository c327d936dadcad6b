"""How long work is carried out: handing chunks out, doing them, ending jobs, waking workers, what comes round.

Features need ``prm.jobs.kinds``, ``prm.jobs.services`` and from here only ``work`` (``run_inline``, ``stop_if_cancelled``),
``notes`` and ``periodic``.
"""
