"""Backups made while people write, damaged in every way, restored under kill -9, and taken back to a second."""
