"""Public data sets, each read from the folder that holds its files."""
