"""Django's admin for operators: it only looks, and shows no secret (manage.py make_operator)."""
