"""Teams, rosters and invites."""
