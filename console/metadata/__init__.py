"""Hall: what the CRM told us about itself, kept with its age."""
