"""Labelled scores to a Promise: thresholds with a finite-sample guarantee on precision."""
