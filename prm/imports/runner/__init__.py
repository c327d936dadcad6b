"""How an import is carried out: the dry run (``check``, in ``spans`` where the file allows), ``write``, ``undo``, and what is removed in
the end (``tidy``). All work on the ``staging`` table; ``matching`` decides there which record a row is and what becomes of it.

Features need ``prm.imports.targets`` and ``prm.imports.services`` only.
"""
