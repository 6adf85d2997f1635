"""The p-median and fixed charge: api, bound (lagrangian), heuristic (interchange), exact."""
