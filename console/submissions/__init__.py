"""Hall: the one door for writing to the CRM: a row before it is sent, its outcome after."""
