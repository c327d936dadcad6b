"""What outside specialists see of studies (P10): copies of chosen answers, and remarks on them; nothing else of the product."""
