"""Fitting the second stage: which of a query's candidates is right, from labelled queries."""
