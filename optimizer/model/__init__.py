"""The mathematics, in Pyomo: variables, goals, and what rules are made of."""
