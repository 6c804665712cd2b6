"""Home, about, FAQ, legal pages, contact and what machines read."""
