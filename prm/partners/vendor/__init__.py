"""The vendor's pages of the partner model."""
