"""Room: the CRM's own APIs, what each needs and costs, and the doctor for scopes."""
