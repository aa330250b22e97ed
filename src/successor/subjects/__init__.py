"""What improves: one room per kind of subject."""
