"""Where mails go in development: files that a page shows, whichever process wrote them. docs/notifications.md."""
