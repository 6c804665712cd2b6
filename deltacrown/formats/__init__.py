"""How dates are written where a page does not say it itself: in the admin."""
