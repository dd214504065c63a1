"""Several plants of one company: what each of them tells head office, and what head office makes of it."""
