"""intron: the command line for Intron Health's speech service, and the library under it."""

__version__ = "0.1.0"
