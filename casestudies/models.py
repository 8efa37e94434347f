"""What is told of a hub's work to everybody (tender II.10)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from casestudies.choices import StudyState
from consultations.choices import Category
from foundation.constraints import one_of
from foundation.text import fold, grams
from hubs.models import Hub

TEXTS = ("title", "client", "problem", "support", "result")


class CaseStudyQuerySet(models.QuerySet["CaseStudy"]):
    """Sentences about case studies."""

    def published(self) -> Self:
        return self.filter(state=StudyState.PUBLISHED)

    def about(self, category: str) -> Self:
        return self.filter(category=category)

    def with_hub(self) -> Self:
        return self.select_related("hub__prefecture")


class CaseStudy(models.Model):
    """支援事例. Written for the public: whom it is about is told only as far as the client has agreed to."""

    hub = models.ForeignKey(Hub, models.PROTECT, verbose_name=_("拠点"), related_name="+")
    title = models.CharField(_("題名"), max_length=120)
    client = models.CharField(_("支援を受けた事業者"), max_length=120)
    industry = models.CharField(_("業種"), max_length=40, blank=True)
    category = models.CharField(_("主たる相談区分"), max_length=20, choices=Category.choices)
    themes = ArrayField(models.CharField(max_length=40), verbose_name=_("相談細目"), default=list, blank=True)
    problem = models.TextField(_("相談の内容と課題"))
    support = models.TextField(_("支援の内容"))
    result = models.TextField(_("成果"))
    consented_on = models.DateField(_("掲載に同意を得た日"), null=True, blank=True)
    state = models.CharField(_("状態"), max_length=12, choices=StudyState.choices, default=StudyState.DRAFT)
    published_on = models.DateField(_("公表日"), null=True)
    search_grams = ArrayField(models.IntegerField(), default=list, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    set_at = models.DateTimeField(_("更新日時"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("更新者"), related_name="+")

    objects = CaseStudyQuerySet.as_manager()

    class Meta:
        verbose_name = _("支援事例")
        verbose_name_plural = _("支援事例")
        indexes = [
            models.Index(fields=["-set_at", "-id"], name="casestudy_by_change"),
            models.Index(
                fields=["-published_on", "-id"], condition=Q(state=StudyState.PUBLISHED), name="casestudy_published"
            ),
            GinIndex(fields=["search_grams"], condition=Q(state=StudyState.PUBLISHED), name="casestudy_words"),
        ]
        constraints = [
            one_of("state", StudyState, name="study_state_is_known"),
            one_of("category", Category, name="study_category_is_known"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(client="") & ~Q(problem="") & ~Q(support="") & ~Q(result=""),
                name="a_case_study_tells_something",
            ),
            models.CheckConstraint(
                condition=~Q(state=StudyState.PUBLISHED) | Q(consented_on__isnull=False, published_on__isnull=False),
                name="nothing_is_published_without_the_clients_consent",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("casestudies:study", args=[self.pk])

    @property
    def text(self) -> str:
        """All that is told."""
        return "\n".join(getattr(self, name) for name in TEXTS)

    def note_words(self) -> None:
        """The pairs of characters by which it is found. To be called whenever a text has changed."""
        self.search_grams = sorted(grams(fold(self.text)))
