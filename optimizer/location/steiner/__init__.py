"""STEINER: the cheapest edges that connect chosen nodes, as one tree or in groups."""
