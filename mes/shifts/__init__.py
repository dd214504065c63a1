"""Shifts: when is worked, what the time went to, daily checks, and what one shift hands to the next."""
