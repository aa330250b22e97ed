"""Who wrote what was merged, and what of it is still there.

    successor authorship .

`kinds` says who an author is, `commits` and `surviving` read a git repository through git.
"""
