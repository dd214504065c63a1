"""Trace: where a lot came from and where it went."""
