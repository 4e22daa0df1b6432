class Refused(Exception):
    """What was asked cannot be done; the message is for the person."""
