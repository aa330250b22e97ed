"""A lab's story as one file of HTML."""
