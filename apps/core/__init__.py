"""What runs the platform: jobs, request context, audit, health, errors. Nothing of the esports domain."""
