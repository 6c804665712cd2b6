"""The rules of the house that no ready-made linter knows. ``python -m deltacrown.house`` proves them.

Python imports are held by import-linter (``pyproject.toml``); here stand the same order for foreign keys and templates,
and what a module may be called and how long it may grow.
"""
