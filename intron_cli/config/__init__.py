"""Settings: the table of what can be set, the store, and which value holds."""
