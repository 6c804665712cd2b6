"""Stops and freezes what the site leans on, and looks whether ``/readyz`` names it in time."""
