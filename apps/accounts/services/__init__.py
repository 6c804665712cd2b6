"""Everything that changes an account."""
