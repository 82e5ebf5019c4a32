"""The second stage: the probability that a candidate is right, from signals of the pair."""
