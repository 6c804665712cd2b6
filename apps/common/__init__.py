"""What several apps share at the Django level: template pieces, validators, images. No domain models."""
