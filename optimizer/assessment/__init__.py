"""ASSESS: what a plan means, recomputed in numpy from facts and plan."""
