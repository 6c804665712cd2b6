"""The pages. Each translates a request into one call of a service or a selector, and the answer into HTML."""
