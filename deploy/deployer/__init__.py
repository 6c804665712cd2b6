"""What the commands beside this folder do. Only the standard library: it runs before there is an environment."""
