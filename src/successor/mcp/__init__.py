"""What a coding agent may read of a lab and hand in, over the Model Context Protocol.

It is everything that `Counter` does and no more: no approval, no rollback, no path, no command.
"""

from successor.mcp.counter import Counter

__all__ = ["Counter"]
