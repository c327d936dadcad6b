"""The vendor's pages of people, roles and ways to sign in."""
