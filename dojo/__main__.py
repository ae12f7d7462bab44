"""`python -m dojo`: what the launcher `kata` starts."""

from dojo.cli import main

if __name__ == "__main__":
    main(prog_name="kata")
