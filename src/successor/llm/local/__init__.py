"""Models that run on this machine: their weights, and the server that they run in."""
