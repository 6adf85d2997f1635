"""SOLVER: the only place that knows HiGHS; what it is given, and what is proven without it."""
