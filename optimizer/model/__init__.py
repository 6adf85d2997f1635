"""The mathematics, in Pyomo: `build` is its table of contents."""

from optimizer.model.build import build

__all__ = ["build"]
