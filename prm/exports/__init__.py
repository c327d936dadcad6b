"""Tables out: rows of any selector as CSV or XLSX, safe to open in a spreadsheet."""
