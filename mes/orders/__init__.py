"""Work orders, their jobs, what was reported."""
