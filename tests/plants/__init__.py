"""Several plants and their head office."""
