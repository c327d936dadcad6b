"""Signing in by a company's own provider, as allauth asks for it."""
