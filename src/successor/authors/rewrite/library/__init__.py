"""The rewrites: each file is one, by its name, and is found by being here."""
