"""Discord's webhooks: which addresses are let in, how a message looks, and how it gets there."""
