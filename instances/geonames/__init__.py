"""Builds upper-rhine from the places of GeoNames: `python -m instances.geonames cities500.json`."""
