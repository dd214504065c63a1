"""The tests: one folder per room, and house/ for what holds everywhere."""
