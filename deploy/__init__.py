"""Bringing DeltaCrown onto a server and keeping it up to date there. See docs/deployment.md."""
