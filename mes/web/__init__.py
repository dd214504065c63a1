"""The application: list of rooms, errors, command line."""
