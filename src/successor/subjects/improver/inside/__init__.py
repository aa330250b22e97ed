"""What runs inside the sandbox beside an improver. Its text is put there; it imports nothing of
ours, and nothing that it reports is believed beyond its type.
"""
