"""What the record says."""
