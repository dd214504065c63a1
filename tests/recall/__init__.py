"""Recalls: the balance closes, holds are only its own, customers are told."""
