"""Trial division for primes becomes the test by Miller and Rabin, for numbers up to 3.3e24.

With the first thirteen primes as bases it is right up to there (Sorenson & Webster, 2015); larger
numbers are left to trial division.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from successor.authors.rewrite.library.trial_division import LIMITS, SEARCH, is_positive
from successor.authors.rewrite.patterns import Found, Rule, applied
from successor.authors.rewrite.site import site_of

_SMALL = "n_ < 3317044064679887385961981"
_ABOVE = '''
def _is_probable_prime(n):
    """Whether n, above 1, passes the test by Miller and Rabin for enough bases."""
    bases = (2, 3, 5, 7) if n < 3215031751 else (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    if n in bases:
        return True
    twos = (n - 1 & 1 - n).bit_length() - 1
    for base in bases:
        if n % base == 0:
            return False
        power = pow(base, n - 1 >> twos, n)
        if power in (1, n - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % n
            if power == n - 1:
                break
        else:
            return False
    return True
'''


def variants(module: cst.Module, function: str) -> Iterator[cst.Module]:
    """For loops that return False at the first divisor, and True behind them."""
    site = site_of(module, function)
    if site is None:
        return
    for limit in LIMITS:
        before = f"{SEARCH.format(limit=limit)}return True\n".replace("found__", "return False")
        for test, when in ((_SMALL, _is_whole), (f"type(n_) is int and {_SMALL}", _is_any)):
            after = f"if {test}:\n    return _is_probable_prime(n_)\n{before.lstrip()}"
            yield from applied(Rule(before, after, (), _ABOVE, when, apart=("d_ n_",)), site)


def _is_whole(found: Found) -> bool:
    return _is_prime(found) and found.site.hint(found.text("n_")) == "int"


def _is_any(found: Found) -> bool:
    return _is_prime(found) and found.site.hint(found.text("n_")) != "int"


def _is_prime(found: Found) -> bool:
    return found.is_name("n_") and is_positive(found.site, found.text("n_"), least=2)
