"""RELIABLE: p-median and uncapacitated fixed charge with sites that fail independently."""
