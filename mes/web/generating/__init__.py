"""A large plant for trials: ten years, written in bulk into an empty database, the same for the same seed."""
