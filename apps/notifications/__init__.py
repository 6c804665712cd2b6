"""Tells people what happened: in-app, e-mail."""
