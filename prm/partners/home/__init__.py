"""What the partner model shows on the vendor's home."""
