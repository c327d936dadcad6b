"""From an uploaded file to rows of values, without a database: ``kind`` (what is it), ``text`` and ``xlsx`` (its rows, streamed),
``detection`` (its settings and columns, guessed), ``conversion`` (rows of cells → rows of values, or their errors).
"""
