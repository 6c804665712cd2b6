"""What a player shows to others: name, game IDs, images, privacy."""
