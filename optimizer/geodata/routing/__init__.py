"""Routes of corridors: what land costs, the cheapest line, the layer."""
