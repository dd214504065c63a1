"""What a scanned text means in this plant, and where it leads."""
