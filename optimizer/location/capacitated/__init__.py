"""Facilities with capacities, with shares or a single source."""
