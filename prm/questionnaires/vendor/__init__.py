"""The vendor's pages of questionnaires."""
