"""Methods, with and without TCM and ALC, over several seeds, side by side."""
