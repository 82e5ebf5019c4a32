"""Labelled scores to a Promise: thresholds with a finite-sample guarantee on precision.

A score is here whatever decides: that of the search or, where there is a decider, its probability.
"""
