"""Who someone is and how they prove it: users, login, second factor, sessions, privacy."""
