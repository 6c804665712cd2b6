"""What the store shows."""
