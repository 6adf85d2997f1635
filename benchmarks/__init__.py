"""Benchmarks: what is to be fast, measured in one run and written down with where it ran."""
