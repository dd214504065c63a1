"""A manufacturing execution system for small plants."""

__version__ = "0.1.0"
