"""ROOM: wizards: the list, the graph of each, what is wrong in it."""
