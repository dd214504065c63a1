"""Equipment: work centres, machines, places, stations, stops."""
