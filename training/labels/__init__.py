"""How a product becomes the vector that is searched (docs/method.md, Label representations)."""
