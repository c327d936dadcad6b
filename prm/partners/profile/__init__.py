"""What a company's profile shows, reckoned from what is known of it."""
