"""What defines a model and what is shipped of it: no HTTP, no training loop, no torch."""
