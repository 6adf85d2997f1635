"""Set cover and maximal cover."""
