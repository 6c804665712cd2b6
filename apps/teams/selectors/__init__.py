"""What the pages of teams read."""
