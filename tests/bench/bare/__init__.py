"""The reference: a Django project with nothing in it but one read, one list, one insert and one vote, on the same server."""
