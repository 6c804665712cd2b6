"""``deploy/install``: from a bare Debian, or an empty folder, to an installation that waits for its first release."""
