"""equisite without installing it: python cli.py; the commands are in `optimizer.commands`."""

from optimizer.commands import main

if __name__ == "__main__":
    main()
