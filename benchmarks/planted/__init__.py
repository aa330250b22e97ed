"""Small correct programs, and bugs planted in them, for `benchmarks/fix.py`."""
