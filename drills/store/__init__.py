"""Buyers at once, and programs killed between every two steps of buying."""
