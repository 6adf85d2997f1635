"""What is done with a plan once it is found: smaller facilities, who pays for corridors."""
