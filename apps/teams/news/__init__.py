"""What people are told, in words: a module for each part of a team's life. The roster's: ``notification_types``."""
