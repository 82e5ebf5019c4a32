"""What traffic looked like when a bundle was made, and how far other traffic is from it."""
