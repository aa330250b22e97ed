"""What people are shown of a record, wherever they sit: at a terminal or in a browser."""
