"""Template tags of teams."""
