"""People: who works here, how they sign in, what they may do."""
