"""What the other halls may want to hear about a connection."""

from django.dispatch import Signal

disconnected = Signal()
"""Sent with `connection` once its tokens are destroyed: forget what was kept for it."""
