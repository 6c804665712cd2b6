"""What needs a member now."""
