"""A local stand-in for the service."""
