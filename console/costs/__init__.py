"""What calls to the CRM cost: the kept price list, what was spent, limits seen."""
