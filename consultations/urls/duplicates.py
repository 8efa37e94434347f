"""Likely pairs, comparing, merging and undoing."""

from django.urls import path

from consultations.views import duplicates, merges

urlpatterns = [
    path("enterprises/hints/", duplicates.DuplicateHints.as_view(), name="duplicate_hints"),
    path("duplicates/", duplicates.PairQueue.as_view(), name="duplicates"),
    path("duplicates/<int:pk>/dismissal/", duplicates.PairDismissal.as_view(), name="duplicate_dismissal"),
    path("duplicates/<int:pk>/reopening/", duplicates.PairReopening.as_view(), name="duplicate_reopening"),
    path("merges/", merges.MergeList.as_view(), name="merges"),
    path("merges/new/", merges.MergeNew.as_view(), name="merge_new"),
    path("merges/<int:pk>/", merges.MergePage.as_view(), name="merge"),
    path("merges/<int:pk>/undoing/", merges.MergeUndoing.as_view(), name="merge_undoing"),
]
