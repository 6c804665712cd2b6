"""A whole installation in a folder, released back and forth under visitors, and broken in twelve ways.

``python -m drills.deploy`` brings its own nginx, PostgreSQL, Redis, Gunicorn, Daphne and Celery.
"""
