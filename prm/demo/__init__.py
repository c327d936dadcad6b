"""The demo world: one believable vendor, its channel and its market, made from a seed."""
