"""What all families share: what is given, costs, near pairs, results."""
