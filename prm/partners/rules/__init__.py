"""What the partner model decides and reckons: pure functions."""
