"""The raw-text format of the Extreme Classification Repository."""
