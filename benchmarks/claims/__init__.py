"""How many tasks of the review queue people can claim at once."""
