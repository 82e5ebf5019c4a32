"""How soon a watch alarms, how often falsely, and how tight its bounds are."""
