"""What a deployment stops with."""


class DeployError(Exception):
    """A step could not be done. The message says what, why and what to do, and holds no secrets."""
