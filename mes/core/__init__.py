"""What every room stands on: the write door, the database, words, access, pages. Knows no shop-floor thing."""
