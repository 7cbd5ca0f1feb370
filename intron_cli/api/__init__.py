"""The service: the mapping to its wire form, its request budget and the HTTP client."""
