"""LOCATION: textbook problems of location science, for arrays, sparse matrices or coordinates."""

from optimizer.location.costs import Coordinates

__all__ = ["Coordinates"]
