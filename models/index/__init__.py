"""Nearest-product search behind one small interface."""
