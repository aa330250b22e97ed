"""The director's seat: a lab in a browser, on this machine and for whoever sits at it.

It reads the record, and acts by `director` and `pausing` alone, as the command line does. Nothing
of it is loaded from elsewhere, and nothing that a lab wrote runs in it: the policy lets run the
seat's own files only, and text of a record is put on the page as text.
"""
