"""What runs inside the sandbox beside a program. Their text is put there; they import nothing
of ours, and nothing that they report is believed beyond its type.
"""
