"""The design system's pages and the community."""
