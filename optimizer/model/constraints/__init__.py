"""The rules: one function adds one named component."""
