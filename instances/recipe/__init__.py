"""Builds the real instances from the open data pack: `python -m instances.recipe SOURCE_FOLDER`."""
