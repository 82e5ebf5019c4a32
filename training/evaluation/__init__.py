"""How good a model is: ranking, automation coverage, the report and its picture."""
