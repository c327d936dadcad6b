"""What cells, columns and tables of people's files mean; pure, each file a subject.

From the file inwards: ``encoding`` (bytes → text), ``layout`` (where the table lies), ``columns`` (which column is which field),
``styles`` (how a column writes its values), ``values`` and, for whole columns at once, ``bulk`` (cells → values). Below them the
subjects: ``blanks``, ``numbers``, ``currencies``, ``dates``, ``countries``, ``cells``, ``rejects``.
"""
