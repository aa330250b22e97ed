"""Does what is promised hold, here and for this lab? Each promise is tried, and tells what came."""

from successor.promises.kept import Kept, Promise
from successor.promises.trial import PROMISES, try_promises

__all__ = ["PROMISES", "Kept", "Promise", "try_promises"]
