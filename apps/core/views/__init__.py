"""What the platform itself answers: its health, and what went wrong."""
