"""What makes the model of all rules faster, and a plan of its solution."""
