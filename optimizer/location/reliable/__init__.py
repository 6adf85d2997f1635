"""Sites that fail, each on its own with the same probability."""
