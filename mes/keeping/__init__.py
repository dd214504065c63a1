"""Copies of everything, kept where a layman finds them, proven each time, and brought back."""
