"""`python -m conscription_flight`: the command `flight`."""

from conscription_flight.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
