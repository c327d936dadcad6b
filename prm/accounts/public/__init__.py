"""Pages of whoever is signed in, of the vendor or of a partner."""
