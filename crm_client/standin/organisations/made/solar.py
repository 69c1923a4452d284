"""What the European company added to its CRM: solar plants, permits and service contracts, labelled in German."""

from __future__ import annotations

from crm_client.standin.organisations.made.lending import hidden, link, rows, web_tab
from crm_client.standin.organisations.made.spec import FieldSpec as F
from crm_client.standin.organisations.made.spec import LayoutSpec, ModuleSpec, SectionSpec
from crm_client.standin.organisations.made.standard import address
from crm_client.standin.organisations.made.system import tab, tracker, upload

BUNDESLAND = "-None-|Bremen|Hamburg|Niedersachsen|Schleswig-Holstein|Nordrhein-Westfalen|Bayern|Ausland=>Abroad"

PLANTS = ModuleSpec(
    "Installations", "Anlage", "Anlagen", actual=("Installation", "Installations"), name="CustomModule1",
    generated="custom", changed=True, image=True, wizards=True, count=260,
    description="Every plant from site visit to handover.",
    sections=(
        SectionSpec("image", "Image", 1), SectionSpec("", "Angaben zur Anlage"), SectionSpec("address", "Standort"),
        SectionSpec("technology", "Technik", 2, "top_to_bottom"), SectionSpec("money", "Kosten", 1),
        SectionSpec("notes", "Bemerkungen", 1),
    ),
    layouts=(
        LayoutSpec("Standard", required="Kunde Leistung_kWp"),
        LayoutSpec("Gewerbedach", required="Kunde Leistung_kWp Netzbetreiber", without="Foerderung",
          one_column="technology"),
        LayoutSpec("Freifläche", api="Freiflaeche", required="Kunde Leistung_kWp Flaeche_m2",
          without="Dachneigung Foerderung", hidden_from="sales"),
    ),
    fields=(
        F("Anlagenname", api="Name", mandatory=True, length=120, quick=True, card=True),
        F("Anlagennummer", "autonumber", custom=True, prefix="PV-"),
        F("Kunde", "lookup", custom=True, to="Contacts", quick=True, card=True, filled=1),
        F("Firma", "lookup", custom=True, to="Accounts", filled=0.4),
        F("Auftrag", "lookup", custom=True, to="Deals", filled=0.8),
        F("Status", "picklist", custom=True, coloured=True, quick=True, card=True,
          tracked="Installation_Status_History",
          values="-None-|Besichtigung#b0b8c4|Geplant=>Planned#ffc75f|Im Bau=>Under construction#ff9671|"
                 "Netzanschluss=>Grid connection#2c73d2|Übergeben=>Handed over#2e7d32|Storniert=>Cancelled#d65745"),
        F("Anlagentyp", "picklist", custom=True, values="-None-|Aufdach|Indach|Fassade|Freifläche|Balkon"),
        F("Untertyp", "picklist", custom=True, parent="Anlagentyp",
          values="-None-|Ziegel|Blech|Flachdach|Kaltfassade|Nachgeführt|Fest aufgeständert",
          maps="Aufdach:Ziegel,Blech,Flachdach|Fassade:Kaltfassade|Freifläche:Nachgeführt,Fest aufgeständert"),
        F("Bundesland", "picklist", custom=True, values=BUNDESLAND, global_set="Bundeslaender"),
        F("Bauleiter", "userlookup", custom=True, filled=0.9),
        F("Monteure", "multiuserlookup", custom=True, via="Installations_X_Users", filled=0.5),
        F("Produkte", "multiselectlookup", custom=True, to="Products", via="Installations_X_Products", filled=0.3),
        F("Marktstammdatennummer", custom=True, length=36, unique=True, external=True, sample="SEE#########",
          filled=0.9),
        *address(),
        F("Geo-Breite", "double", custom=True, decimals=6, section="address", between=(45, 58)),
        F("Geo-Länge", "double", custom=True, api="Geo_Laenge", decimals=6, section="address", between=(5, 22)),
        F("Leistung (kWp)", "double", custom=True, api="Leistung_kWp", decimals=2, section="technology", between=(0.6,
          750), filled=1),
        F("Fläche (m²)", "double", custom=True, api="Flaeche_m2", decimals=1, section="technology", between=(4, 5000)),
        F("Dachneigung", "integer", custom=True, length=2, section="technology", between=(0, 60),
          tooltip="static_text=in Grad"),
        F("Eigenverbrauch", "percent", custom=True, section="technology", between=(10, 95)),
        F("Speicher vorhanden", "boolean", custom=True, section="technology", default=False),
        F("Wechselrichter", "multi", custom=True, section="technology", values="Fronius|Huawei|Kostal|SMA|SolarEdge"),
        F("Strings", "subform", custom=True, to="Strings", section="Strings", filled=0.4),
        F("Inbetriebnahme", "date", custom=True, section="technology", between=(30, 200)),
        F("Abnahmetermin", "datetime", custom=True, section="technology", between=(20, 190), filled=0.5),
        F("Netzbetreiber", custom=True, length=80, section="technology", sample="EWE Netz|Avacon|Westnetz|Bayernwerk"),
        F("Seriennummern", "bigint", custom=True, section="technology", sample="##########"),
        F("Auftragswert", "currency", custom=True, section="money", between=(900, 900_000), filled=1),
        F("Förderung", "currency", custom=True, api="Foerderung", section="money", between=(0, 12_000), filled=0.4),
        F("Preis je kWp", "formula", custom=True, section="money", returns="currency"),
        F("Offene Mängel", "rollup", custom=True, api="Offene_Maengel", section="money", rollup="Permits.id.COUNT",
          returns="integer"),
        F("Baupläne", "fileupload", custom=True, api="Bauplaene", section="money", to="File_Upload_4__s", length=5,
          filled=0.3),
        F("Fotos", "imageupload", custom=True, section="image", to="Image_Upload_1__s", length=10, filled=0.3),
        F("Bemerkungen", "rich", custom=True, section="notes", filled=0.3),
        F("Altsystem-ID", custom=True, length=30, section="-", sample="NL####", filled=0.4),
        F("Zählernummer alt", custom=True, api="Zaehlernummer_alt", length=30, unused=True),
    ),
)  # fmt: skip

PERMITS = ModuleSpec(
    "Permits", "Genehmigung", "Genehmigungen", actual=("Permit", "Permits"), name="CustomModule2", generated="custom",
      count=140,
    layouts=(LayoutSpec("Standard", required="Anlage Behoerde"),),
    fields=(
        F("Aktenzeichen", api="Name", mandatory=True, length=120, quick=True, card=True),
        F("Anlage", "lookup", custom=True, to="Installations", quick=True, filled=1),
        F("Behörde", "picklist", custom=True, api="Behoerde",
          values="-None-|Bauamt|Netzbetreiber|Denkmalschutz|Umweltamt", filled=1),
        F("Stand", "picklist", custom=True, coloured=True,
          values="-None-|Beantragt#b0b8c4|Nachforderung#ffc75f|Erteilt#2e7d32|Abgelehnt#d65745"),
        F("Beantragt am", "date", custom=True, between=(0, 20), filled=1),
        F("Erteilt am", "date", custom=True, between=(30, 120), filled=0.5),
        F("Bezug", "multi_module_lookup", custom=True, to="Installations Accounts", filled=0.4),
        F("Bescheid", "fileupload", custom=True, to="File_Upload_5__s", length=1, filled=0.3),
        F("Auflagen", "small", custom=True),
    ),
)  # fmt: skip

CONTRACTS = ModuleSpec(
    "Service_Contracts", "Wartungsvertrag", "Wartungsverträge", actual=("Service Contract", "Service Contracts"),
    name="CustomModule3", generated="custom", count=180, hidden_from="back_office",
    fields=(
        F("Vertragsname", api="Name", mandatory=True, length=120, quick=True, card=True),
        F("Vertragspartner", "lookup", custom=True, to="Contacts", filled=1),
        F("Anlage", "lookup", custom=True, to="Installations", filled=0.9),
        F("Stufe", "picklist", custom=True, values="-None-|Basis#b0b8c4|Komfort#2c73d2|Premium#845ec2", coloured=True),
        F("Jahrespreis", "currency", custom=True, between=(90, 9_000), filled=1),
        F("Beginn", "date", custom=True, between=(0, 90), filled=1),
        F("Ende", "date", custom=True, between=(700, 3600)),
        F("Verlängert sich", "boolean", custom=True, api="Verlaengert_sich", default=True),
    ),
)  # fmt: skip

STRINGS = rows(
    "Strings", "String", "Strings", "Installations", "LinkingModule1",
    F("Bezeichnung", custom=True, length=40, sample="Süd 1|Süd 2|Ost|West|Gaube", filled=1),
    F("Module", "integer", custom=True, api="Module_Count", between=(6, 24), filled=1),
    F("Modultyp", "lookup", custom=True, to="Products"),
    F("Leistung (Wp)", "integer", custom=True, api="Leistung_Wp", between=(330, 460), filled=1),
)  # fmt: skip
LANGUAGES = rows(
    "Languages", "Sprache", "Sprachen", "Contacts", "LinkingModule2",
    F("Language", "picklist", custom=True, filled=1,
      values="-None-|Dansk=>Danish|Deutsch=>German|English|Français=>French|Italiano=>Italian|Polski=>Polish|"
      "Türkçe=>Turkish"),
    F("Proficiency", "picklist", custom=True, filled=1,
      values="-None-|Muttersprache=>Native|Fließend=>Professional|Grundkenntnisse=>Basic"),
)  # fmt: skip

SOLAR = (
    PLANTS, PERMITS, CONTRACTS, STRINGS, LANGUAGES,
    tracker("Installation_Status_History", "Anlagenverlauf", "Installations", "Status"),
    link("Installations_X_Products", "Installations", "Products", "LinkingModule3"),
    link("Installations_X_Users", "Installations", "Users", "LinkingModule4"),
    link("Deals_X_Users", "Deals", "Users", "LinkingModule5"),
    link("Services_X_Users", "Services__s", "Users", "LinkingModule6"),
    web_tab("Wetter", "Wetter", "https://wetter.nordlicht-solar.example/karte", ("plz", "users.zip"), ("sprache",
      "users.language")),
    hidden("Balkonaktion_2021", "Balkonaktion 2021", "Balkonaktion 2021", "CustomModule4", "scheduled_for_deletion",
      visibility=0, viewable=False),
    hidden("Subventions_FR", "Subvention", "Subventions", "CustomModule5", "user_hidden", sequence=False),
    hidden("Ersatzteile", "Ersatzteil", "Ersatzteile", "CustomModule6", "system_hidden", visibility=-1),
    *(upload(f"File_Upload_{n}__s", f"File Upload {n}") for n in range(1, 6)),
    *(upload(f"Image_Upload_{n}__s", f"Image Upload {n}") for n in range(1, 3)),
    tab("Leads_Insights__s", "Leads Insights", 2, presence=False),
)  # fmt: skip
