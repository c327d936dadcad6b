"""Lists of companies, partners, people and the catalogue."""
