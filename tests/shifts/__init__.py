"""Tests of shifts, of where the time went, of checks and of handing over."""
