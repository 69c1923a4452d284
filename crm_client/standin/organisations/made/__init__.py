"""Organisations that are made from a seed: companies with modules, people and records that nobody had to type."""
