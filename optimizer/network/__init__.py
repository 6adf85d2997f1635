"""Travel minutes on the roads: ids and numbers, no geometry library."""
