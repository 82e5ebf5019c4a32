"""Training queries beside the products: what was right for a similar query counts too."""
