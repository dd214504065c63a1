"""Lots: the ledger, where things are, holds, receipts, shipments, genealogy."""
