"""HUBS: places where what travels between cities is gathered, carried on together, and spread.

traffic.py      flows and costs, and what a plan costs
problems.py     the questions as they are asked
sets.py         few sets of hubs: every one, cheapest first
allocating.py   a bound for many sets at once, from prices of each place's hubs
single.py several.py   the flow forms for HiGHS: one hub for each place, or several
proving.py      relaxation, fixing and integers of a flow form
search.py       good hubs and allocations by local search
covering.py     fewest hubs within a radius
"""
