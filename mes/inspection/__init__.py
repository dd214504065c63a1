"""Inspection (검사): standards, inspections with their readings, and the verdicts computed from them."""
