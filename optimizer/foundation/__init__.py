"""FOUNDATION: what all else stands on, and that knows nothing of siting."""
