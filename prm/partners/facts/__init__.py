"""Facts of a company as values: how they are kept, proposed and told."""
