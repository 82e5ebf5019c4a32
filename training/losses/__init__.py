"""Losses on a batch: query embeddings, label embeddings and the relevance between them."""
