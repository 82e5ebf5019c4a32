"""Charts as plain data, and their geometry; templates/chart.html writes them as SVG."""
