"""What is decided about questionnaires without asking anybody: pure."""
