"""Exercises that break the running platform on purpose, and measure what it loses and how long it takes."""
