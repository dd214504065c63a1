"""The material handler: put away, pick, ship and count stock by scanning."""
