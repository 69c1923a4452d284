"""ROOM: the organisation at a glance."""
