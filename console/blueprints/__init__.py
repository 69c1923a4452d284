"""ROOM: blueprints: the map of a process, a record's place in it, why it is stuck, how many records are where."""
