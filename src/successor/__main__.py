"""`python -m successor`: the same as the `successor` command."""

from successor.cli import main

if __name__ == "__main__":
    main()
