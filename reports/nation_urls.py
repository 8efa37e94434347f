"""Addresses below /nation/: how far every hub's month is."""

from django.urls import path

from reports.views import closing, nation

app_name = "nation_months"
urlpatterns = [
    path("months/", nation.NationMonths.as_view(), name="list"),
    path("months/<str:month>/acceptances/", nation.Acceptances.as_view(), name="acceptances"),
    path("months/<str:month>/dates/", nation.Dates.as_view(), name="dates"),
    path("months/<str:month>/closing/", closing.MonthClosing.as_view(), name="closing"),
    path("months/<str:month>/closing/progress/", closing.ClosingProgress.as_view(), name="closing_progress"),
    path("months/<str:month>/closing/record/", closing.ClosingRecord.as_view(), name="closing_record"),
    path("months/<str:month>/publication/", closing.MonthPublication.as_view(), name="publication"),
    path("months/<str:month>/correction/", closing.MonthCorrection.as_view(), name="correction"),
    path("reopenings/", closing.Reopenings.as_view(), name="reopenings"),
]
