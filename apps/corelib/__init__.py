"""Pure Python without Django: game registry, generated artwork, text and time."""
