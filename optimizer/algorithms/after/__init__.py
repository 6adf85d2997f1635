"""Post-processing of a plan: facilities downsized, the cost of corridors allocated to payers."""
