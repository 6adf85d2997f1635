"""OUTPUTS: what is written and shown, one format per file; `formats` chooses by suffix."""
