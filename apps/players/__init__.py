"""The player directory."""
