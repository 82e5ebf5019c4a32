"""How each file format becomes numbered rows of cells."""
