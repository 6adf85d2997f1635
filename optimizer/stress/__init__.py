"""STRESS: what a plan loses when something fails: one thing at a time, or the worst few."""
