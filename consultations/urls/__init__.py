"""Addresses below /hubs/<hub>/, by resource."""

from consultations.urls import assignments, clients, duplicates, notes, outcomes, privacy, records

app_name = "consultations"
urlpatterns = [
    *duplicates.urlpatterns,  # before the numbers of enterprises
    *records.urlpatterns,
    *clients.urlpatterns,
    *privacy.urlpatterns,
    *outcomes.urlpatterns,
    *notes.urlpatterns,
    *assignments.urlpatterns,
]
