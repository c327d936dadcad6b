"""Questionnaires and their versions, rounds sent to people of partners, and what came back."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Person
from prm.core.models import BaseModel, key_field
from prm.core.scoping import ScopedManager
from prm.core.tables import TableClass, Whose
from prm.core.text import text_key
from prm.core.translated import TranslatedField, default_language, said
from prm.partners.models import Company, Partner
from prm.questionnaires.rules.checks import Lack, lacks
from prm.questionnaires.rules.document import Form, read_form


class Purpose(models.TextChoices):
    """What a questionnaire is for; which decides where it is offered."""

    PROFILE = "profile", _("Partner profile")
    NEEDS = "needs", _("Needs")
    SATISFACTION = "satisfaction", _("Satisfaction")
    OTHER = "other", _("Other")


def _languages() -> list[str]:
    return [default_language()]


class Questionnaire(BaseModel):
    """A set of questions with its versions. ``languages`` are those that its readers read: publishing asks for each text in each."""

    table_class = TableClass.VENDOR
    typeid_prefix = "questionnaire"

    title = TranslatedField(_("title"), max_length=200)
    title_key = key_field()
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose, default=Purpose.OTHER)
    languages = ArrayField(models.CharField(max_length=8), verbose_name=_("languages"), default=_languages)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["title_key", "id"]
        verbose_name = _("questionnaire")
        indexes = [models.Index(fields=["title_key", "id"], name="questionnaire_by_title")]

    def __str__(self) -> str:
        return said(self.title, default_language()).text

    def save(self, *args: object, **options: object) -> None:
        self.title_key = text_key(str(self))[:300]
        super().save(*args, **options)  # type: ignore[arg-type]


class VersionState(models.TextChoices):
    """A draft is worked on; what is published never changes (a database trigger holds it)."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class Version(BaseModel):
    """One version: the whole questionnaire as one document (``rules.read_form``).

    ``revision`` counts the edits of a draft: whoever edits says which they looked at. ``before`` is the document before the last edit,
    for undo.
    """

    table_class = TableClass.VENDOR
    typeid_prefix = "questionnaire_version"

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState, default=VersionState.DRAFT)
    content = models.JSONField(default=dict)
    before = models.JSONField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["questionnaire"], condition=Q(state="draft"), name="version_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} v{self.number}"

    @property
    def form(self) -> Form:
        """Its questions."""
        return read_form(self.content)

    def lacks(self) -> list[Lack]:
        """What keeps it from being published; none when nothing does."""
        return lacks(self.form, self.questionnaire.languages, is_anonymous=self.questionnaire.is_anonymous)


class Round(BaseModel):
    """One time that a version is sent to people. ``is_anonymous`` is what they were promised then, and never changes."""

    table_class = TableClass.VENDOR
    typeid_prefix = "round"

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="rounds", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="rounds", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    message = TranslatedField(_("message"), max_length=1000, blank=True)
    is_anonymous = models.BooleanField()
    due_at = models.DateTimeField(_("due"))
    reminder_days = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("reminders"), default=list, blank=True)
    sender = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("round")
        indexes = [
            models.Index(fields=["questionnaire", "-id"], name="round_of_questionnaire"),
            models.Index(fields=["due_at"], condition=Q(closed_at__isnull=True), name="round_open"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_over(self, now: datetime) -> bool:
        """Whether it takes no more answers."""
        return self.closed_at is not None or self.due_at <= now


class InvitationState(models.TextChoices):
    """How far somebody came. Of an anonymous round nothing else is kept of the answer."""

    SENT = "sent", _("Not opened")
    OPENED = "opened", _("Begun")
    SUBMITTED = "submitted", _("Answered")


class Invitation(BaseModel):
    """Somebody who is asked in a round. The link's token is not kept, only its digest; ``answered_on`` is a day, and no more, so that the
    hour of an anonymous answer tells nothing. ``title`` and ``due_at`` are the round's, for who may not read rounds."""

    table_class = TableClass.OWNED
    portal_may = "SELECT, UPDATE"
    typeid_prefix = "invitation"
    # A contact that the vendor knows is asked too.
    points_to = {"person": Whose.EITHER}

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="questionnaire_invitations", db_index=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="invitations", db_index=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="questionnaire_invitations", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="questionnaire_invitations", db_index=False)
    title = TranslatedField(max_length=200)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    token_digest = models.CharField(max_length=64, unique=True, db_collation="C")
    state = models.CharField(max_length=12, choices=InvitationState, default=InvitationState.SENT)
    answered_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="invitation_once"),
            models.UniqueConstraint(fields=["partner", "id"], name="invitation_of_partner_key"),
            models.CheckConstraint(
                condition=Q(state="submitted") | Q(answered_on__isnull=True), name="invitation_answered_state"
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "-created_at", "-id"], name="invitation_of_partner"),
            models.Index(fields=["round", "state"], name="invitation_of_round"),
            models.Index(fields=["person"], name="invitation_of_person"),
            models.Index(fields=["company"], name="invitation_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.state}"


class Answer(BaseModel):
    """What somebody answers: a draft until it is submitted, then it stays as it is. ``values`` by key of question (``rules.answers``).

    The draft of an anonymous answer is removed when it is submitted; what it said becomes an ``AnonymousAnswer``.
    """

    table_class = TableClass.OWNED
    portal_may = "SELECT, INSERT, UPDATE, DELETE"
    typeid_prefix = "answer"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="questionnaire_answers", db_index=False)
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="answer")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="answers", db_index=False)
    values = models.JSONField(default=dict)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["partner", "id"], name="answer_of_partner_key")]
        indexes = [
            models.Index(fields=["partner", "-created_at", "-id"], name="answer_of_partner"),
            models.Index(fields=["round", "id"], condition=Q(submitted_at__isnull=False), name="answer_of_round"),
        ]

    def __str__(self) -> str:
        return str(self.invitation_id)


class AnswerFile(BaseModel):
    """A file that somebody answered with, kept under a name of ours in private storage."""

    table_class = TableClass.OWNED
    portal_may = "SELECT, INSERT, DELETE"
    typeid_prefix = "answer_file"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+", db_index=False)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="files")
    question = models.CharField(max_length=40, db_collation="C")
    path = models.CharField(max_length=200, db_collation="C")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["partner", "-created_at", "-id"], name="answer_file_of_partner")]

    def __str__(self) -> str:
        return self.name


class AnonymousAnswer(models.Model):
    """An answer that nothing leads back from: a random key (no order of time), no time, no person, no company, no partner. What kind of
    company and which territory it was is kept for groups, and told only of groups that are large enough."""

    table_class = TableClass.VENDOR
    typeid_prefix = "anonymous_answer"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="anonymous_answers")
    values = models.JSONField(default=dict)
    typology = models.CharField(max_length=16, blank=True)
    territory = models.CharField(max_length=60, blank=True, db_collation="C")

    objects = ScopedManager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.round_id)
