"""Files to a Dataset, and a Dataset to its train, calibration and test parts."""
