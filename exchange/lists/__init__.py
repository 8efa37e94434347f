"""Lists that can be exported, each declared once: what it is called, its columns, its rows, the right it asks for.

To add a list of a room downstairs:

1. Make a module here with an `ExportedList` and register it below. `rows` gives a QuerySet from the list page's own
   filters, so that the file holds what the page shows; `columns` are headings with Django expressions, which become
   one SELECT that the database itself copies out. `Column.text` is for what people typed: it is neutralised.
2. Put `{% load exchange %}{% export_button "<name>" %}` on the list page.
3. If the page has a filter whose value is typed text, call it `q`: the audit trail hides that outside the hub.

Nothing else: job, progress, formats, expiry, audit and the walls come with it. Rows are read in the hub's own scope.
"""

from exchange.lists.care import MERGES, PAIRS, PRIVACY_REQUESTS, REVIEWS, SHARING_REQUESTS
from exchange.lists.clients import CASES, ENTERPRISES
from exchange.lists.declaring import Column, ExportedList, FiltersRefused, labelled
from exchange.lists.sessions import CONSULTATIONS
from exchange.lists.work import BOOKING_REQUESTS, BOOKINGS, ORGANIZATIONS, OUTCOMES, REFERRALS

_DECLARED = (
    CONSULTATIONS, ENTERPRISES, CASES, REFERRALS, ORGANIZATIONS, BOOKINGS, BOOKING_REQUESTS, OUTCOMES, PAIRS, MERGES,
    REVIEWS, PRIVACY_REQUESTS, SHARING_REQUESTS,
)  # fmt: skip
LISTS = {declared.name: declared for declared in _DECLARED}

__all__ = ["LISTS", "Column", "ExportedList", "FiltersRefused", "labelled"]
