"""Consent, disclosure and erasure; what reference data offer."""

from django.urls import path

from consultations.views import fills, privacy

urlpatterns = [
    path("enterprises/<int:pk>/consents/", privacy.Consents.as_view(), name="consents"),
    path(
        "enterprises/<int:pk>/consents/<int:consent>/withdrawal/",
        privacy.ConsentWithdrawal.as_view(),
        name="consent_withdrawal",
    ),
    path("enterprises/<int:pk>/disclosure/", privacy.Disclosure.as_view(), name="disclosure"),
    path("enterprises/<int:pk>/disclosure/file/", privacy.DisclosureFile.as_view(), name="disclosure_file"),
    path("enterprises/<int:pk>/privacy-requests/", privacy.RequestNew.as_view(), name="privacy_request_new"),
    path("privacy-requests/", privacy.Requests.as_view(), name="privacy_requests"),
    path("privacy-requests/<int:pk>/", privacy.RequestPage.as_view(), name="privacy_request"),
    path("privacy-requests/<int:pk>/carrying-out/", privacy.RequestCarryingOut.as_view(), name="privacy_carrying_out"),
    path("privacy-requests/<int:pk>/refusal/", privacy.RequestRefusal.as_view(), name="privacy_refusal"),
    path("privacy-requests/<int:pk>/proof/", privacy.Proof.as_view(), name="privacy_proof"),
    path("enterprises/registered/", fills.RegisteredOffer.as_view(), name="registered_offer"),
    path("enterprises/postal-areas/", fills.PostalOffers.as_view(), name="postal_offers"),
    path("retention/", privacy.Retention.as_view(), name="retention"),
]
