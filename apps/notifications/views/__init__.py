"""The ways in from a browser."""
