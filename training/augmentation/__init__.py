"""What training queries add to the scores (docs/method.md, Training queries in the score)."""
