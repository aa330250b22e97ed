"""Who writes the next version: one room per kind of author."""
