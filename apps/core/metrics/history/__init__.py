"""What the figures were, kept by the platform itself: by the minute, hour and day, in a bounded number of rows."""
