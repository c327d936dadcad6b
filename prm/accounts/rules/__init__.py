"""What is decided about accounts without asking anybody: pure."""
