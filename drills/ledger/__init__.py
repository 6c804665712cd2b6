"""Plays random operations on the ledger beside a model of it, kills what plays and what stores, and compares."""
