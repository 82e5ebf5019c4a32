"""Loaders of published data sets, each from the folder that holds its files."""
