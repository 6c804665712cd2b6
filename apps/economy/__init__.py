"""The DeltaCoin ledger."""
