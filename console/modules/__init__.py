"""ROOM: modules, fields, layouts, and the workbook of all of them."""
