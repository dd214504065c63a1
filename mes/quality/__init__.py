"""Quality: defects and inspections."""
