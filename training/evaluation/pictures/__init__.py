"""The report's pictures, each with what it shows, how to read it and what to do."""
