"""What ``manage.py seed_demo`` fills a first site with. Each part loads once; what was changed by hand stays."""
