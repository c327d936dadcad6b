"""The shared partner model: companies and what is known of them, partners, catalogue, market, sales."""
