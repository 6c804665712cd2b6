"""The DeltaStore."""
