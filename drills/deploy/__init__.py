"""A whole installation in a folder, released back and forth under visitors, broken in fourteen ways, and killed often.

``python -m drills.deploy`` brings its own nginx, PostgreSQL, Redis, Gunicorn, Daphne and Celery.
"""
