"""Published instances as their files have them: one module per format, one `read` in each."""
