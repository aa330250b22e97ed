"""What a side by side with other systems is made of; `peers.py` is the command."""
