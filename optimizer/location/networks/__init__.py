"""NETWORKS: which edges to build, so that a network survives failures or carries its demands."""
