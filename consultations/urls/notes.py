"""Attachments, and the review of notes."""

from django.urls import path

from consultations.views import attachments, reviews

urlpatterns = [
    path("consultations/<int:pk>/attachments/", attachments.AttachmentAdding.as_view(), name="attachments"),
    path("attachments/<int:pk>/file/", attachments.AttachmentFile.as_view(), name="attachment_file"),
    path("attachments/<int:pk>/removal/", attachments.AttachmentRemoval.as_view(), name="attachment_removal"),
    path("consultations/<int:pk>/review/", reviews.NoteReview.as_view(), name="review"),
    path("consultations/<int:pk>/review/answers/", reviews.NoteAnswer.as_view(), name="review_answers"),
    path("reviews/", reviews.ReviewQueue.as_view(), name="reviews"),
    path("reviews/entry-lag/", reviews.EntryLag.as_view(), name="entry_lag"),
]
