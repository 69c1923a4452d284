"""How the European company sees the standard modules: labels translated or renamed, what only a lender needs gone."""

from __future__ import annotations

from dataclasses import replace

from crm_client.standin.organisations.made.spec import ModuleSpec

_MODULES = {
    "Home": ("Startseite", "Startseite"),
    "Contacts": ("Kontakt", "Kontakte"),
    "Accounts": ("Firma", "Firmen"),
    "Deals": ("Auftrag", "Aufträge"),
    "Tasks": ("Aufgabe", "Aufgaben"),
    "Events": ("Termin", "Termine"),
    "Calls": ("Anruf", "Anrufe"),
    "Products": ("Artikel", "Artikel"),
    "Quotes": ("Angebot", "Angebote"),
    "Sales_Orders": ("Bestellung", "Bestellungen"),
    "Invoices": ("Rechnung", "Rechnungen"),
    "Purchase_Orders": ("Einkauf", "Einkäufe"),
    "Vendors": ("Lieferant", "Lieferanten"),
    "Price_Books": ("Preisliste", "Preislisten"),
    "Campaigns": ("Kampagne", "Kampagnen"),
    "Cases": ("Reklamation", "Reklamationen"),
    "Solutions": ("Lösung", "Lösungen"),
    "Reports": ("Berichte", "Berichte"),
    "Documents": ("Dokumente", "Dokumente"),
    "Notes": ("Notiz", "Notizen"),
}
_FIELDS = {
    "Account Name": "Firma",
    "Annual Revenue": "Jahresumsatz",
    "City": "Ort",
    "Closing Date": "Abschlussdatum",
    "Company": "Firma",
    "Contact Name": "Kontakt",
    "Country": "Land",
    "Created By": "Angelegt von",
    "Created Time": "Angelegt am",
    "Date of Birth": "Geburtsdatum",
    "Deal Name": "Auftragsname",
    "Department": "Abteilung",
    "Description": "Beschreibung",
    "Due Date": "Fällig am",
    "Email": "E-Mail",
    "First Name": "Vorname",
    "Industry": "Branche",
    "Last Name": "Nachname",
    "Lead Source": "Herkunft",
    "Mobile": "Mobiltelefon",
    "Modified By": "Geändert von",
    "Modified Time": "Geändert am",
    "Owner": "Zuständig",
    "Phone": "Telefon",
    "Priority": "Priorität",
    "Product Name": "Artikelbezeichnung",
    "Quantity": "Menge",
    "Salutation": "Anrede",
    "Stage": "Phase",
    "Street": "Straße",
    "Subject": "Betreff",
    "Zip Code": "Postleitzahl",
}
_LAYOUTS = {
    "Broker referral": "Empfehlung",
    "Private customer": "Privatkunde",
    "Trade fair 2019": "Messe 2019",
    "Guarantor": "Mieter",
    "Supplier contact": "Ansprechpartner Lieferant",
    "Dealership": "Installateur",
    "Secured lending": "Gewerbe",
    "Financial product": "Montagematerial",
    "Complaint": "Beschwerde",
}
_LENDING_ONLY = {
    "Products_of_Interest", "Requested_Amount", "Broker_Code", "National_ID", "Household_Income", "Dependants",
    "Interest_Rate", "Term_Months", "Competitors", "Default_Probability", "Days_Beyond_Terms", "First_Visited_URL",
}  # fmt: skip


def spoken(module: ModuleSpec) -> ModuleSpec:
    """The module as users with the German language see it; the stored labels stay English."""
    singular, plural = _MODULES.get(module.api, (module.singular, module.plural))
    stored = module.actual if module.actual[0] else (module.singular, module.plural)
    fields = tuple(
        field if field.custom or field.label not in _FIELDS else replace(field, shown=_FIELDS[field.label])
        for field in module.fields
        if field.api_name not in _LENDING_ONLY
    )
    layouts = tuple(replace(layout, name=_LAYOUTS.get(layout.name, layout.name)) for layout in module.layouts)
    return module.but(singular=singular, plural=plural, actual=stored, fields=fields, layouts=layouts)
