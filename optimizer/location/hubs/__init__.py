"""HUBS: p-hub median, hubs with fixed costs and capacities, hub covering.

api.py                    the public functions for hub medians
flows.py                  flows and costs, and the cost of a plan
heuristic.py              local search for single allocation
hub_set_costs.py          all sets of p hubs, and their cost with multiple allocation
allocation_bound.py       a dual bound for many sets at once: max-sum diffusion
enumeration.py            the exact road where there are few sets of hubs
single_allocation.py      the flow formulation with one hub for each place
multiple_allocation.py    the flow formulation with several
program.py                a builder for these programs
exact.py                  relaxation, reduced-cost fixing and integers of a formulation
covering.py               fewest hubs within a radius
"""
