"""`successor write`: a function from a goal in words, as a package for review.

`drafting` has it written and chosen, an ordinary lab improves it, `package` hands it over. Held-out
tests are written by who never sees the function and stay out of the lab; no generated test is
taken for the truth.
"""

from successor.writing.asking import default_model
from successor.writing.drafting import Drafted, Wanted, draft
from successor.writing.improving import Improved, improved, prepare
from successor.writing.package import Package, deliver, package_of

__all__ = [
    "Drafted",
    "Improved",
    "Package",
    "Wanted",
    "default_model",
    "deliver",
    "draft",
    "improved",
    "package_of",
    "prepare",
]
