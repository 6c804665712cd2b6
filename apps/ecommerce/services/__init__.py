"""Every change of the catalogue and of what people want from it."""
