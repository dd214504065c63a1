"""The whole plant: to another database, into files, and back."""
