"""`python -m sayso`, where the `sayso` command is not on the path."""

from sayso.cli import main

if __name__ == "__main__":
    main(prog_name="sayso")
