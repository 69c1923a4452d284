"""Forms made from metadata: the input for each kind of field, the one validation engine, refusals in words. Pure.

    form = RecordForm.of("Leads", fields, layout, zone="Europe/Berlin")
    form.blank()                     # for a new record -> {% include "shared/fieldforms/_form.html" with form=… %}
    reading = form.read(posted)      # reading.values as the API wants them, reading.problems in words
    form.answered(reading)           # the same form again, with what was typed
    reading = form.read(posted, before=record)   # an edit: only what changed
    changes(form, record, reading)   # the edit, field by field

    refusals(form, error)            # what the CRM answered, on the field it names

    book = RuleBook.of("Leads", fields, layout)  # rules without a form: imports, guided creation, transitions
    book.check(values, row=12)

What each function gives stands in its docstring; the room sends, asks about unique fields and uploads files.
"""

from console.fieldforms.changes import Change, changes
from console.fieldforms.form import RecordForm, pipelines_of, subform_modules
from console.fieldforms.moving import Held, carried, in_words, without_place
from console.fieldforms.problems import Problem, RecordLink, has_errors
from console.fieldforms.reading import Reading, ToFind
from console.fieldforms.refusals import refusal, refusals
from console.fieldforms.rules import RuleBook
from console.fieldforms.showing import Input, Shown
from console.fieldforms.slots import Dependency, Option, Slot

__all__ = [
    "Change",
    "Dependency",
    "Held",
    "Input",
    "Option",
    "Problem",
    "Reading",
    "RecordForm",
    "RecordLink",
    "RuleBook",
    "Shown",
    "Slot",
    "ToFind",
    "carried",
    "changes",
    "has_errors",
    "in_words",
    "pipelines_of",
    "refusal",
    "refusals",
    "subform_modules",
    "without_place",
]
