"""What ``scripts/bootstrap.py`` brings onto a machine: standard library only, whatever Python runs it."""
