"""ROOM: lists of records, a record with everything around it, queries, exports."""
