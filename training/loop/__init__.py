"""The training loop: from a data set and settings to an encoder and the vectors of its products."""
