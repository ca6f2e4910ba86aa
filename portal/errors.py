class Refused(Exception):
    """An expected refusal whose text may be shown to the person who asked."""
