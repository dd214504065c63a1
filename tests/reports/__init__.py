"""The first page, the wall board, the daily report."""
