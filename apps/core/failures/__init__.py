"""The platform's own list of errors and slow statements, for those who have no Sentry. See docs/errors.md."""
