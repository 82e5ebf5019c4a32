"""What the methods reach on several data sets: one command, `make benchmark-training`."""
