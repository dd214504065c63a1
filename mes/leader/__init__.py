"""The leader's view of the floor: everything live, and what only a leader decides."""
