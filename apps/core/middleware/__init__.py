"""What stands around every request, outermost first: context, access line, health, refusals."""
