from portal.errors import Refused


class CannotStart(Refused):
    """A foreseen reason why the servers or the demo cannot run, in one sentence for the person at the terminal."""
