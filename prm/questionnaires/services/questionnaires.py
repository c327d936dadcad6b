"""Building questionnaires: begun, edited, published, a new version from the old."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prm.access.actors import Actor
from prm.access.policies import authorize
from prm.core.errors import Conflict, Invalid
from prm.core.translated import default_language, known_languages, texts_of
from prm.core.validation import validate
from prm.events.publishing import publish
from prm.questionnaires import events
from prm.questionnaires.library import TEMPLATES
from prm.questionnaires.models import Purpose, Questionnaire, Version, VersionState
from prm.questionnaires.rules.document import Form, FormFault, read_form, write_form

EDITABLE = ("title", "purpose", "languages", "is_anonymous")


@transaction.atomic
def questionnaire_create(
    *, actor: Actor, title: Mapping[str, str], purpose: str = Purpose.OTHER, languages: Sequence[str] = (), is_anonymous: bool = False,
    template: str = "",
) -> Questionnaire:  # fmt: skip
    """Begins a questionnaire with a first draft, empty or from a ``template`` of the library (which then says what is not given).

    Publishes QuestionnaireCreated. Raises Denied; Invalid with the field.
    """
    authorize(actor, "questionnaires.questionnaire:create")
    if template and template not in TEMPLATES:
        raise Invalid("unknown_template", _("There is no such template."), field="template")
    content: Mapping[str, Any] = {}
    if template:
        pattern = TEMPLATES[template]
        content, purpose, is_anonymous = pattern.content, pattern.purpose, is_anonymous or pattern.is_anonymous
        title = title if any(title.values()) else pattern.title
    questionnaire = Questionnaire(owner_id=actor.person_id)
    _set(
        questionnaire,
        {"title": title, "purpose": purpose, "languages": list(languages or known_languages()), "is_anonymous": is_anonymous},
    )
    questionnaire.save()
    Version.objects.create(questionnaire=questionnaire, number=1, content=write_form(read_form(content)))
    publish(events.QuestionnaireCreated(subject_id=questionnaire.pk, purpose=questionnaire.purpose), actor=actor)
    return questionnaire


@transaction.atomic
def questionnaire_edit(*, actor: Actor, questionnaire_id: UUID | str, values: Mapping[str, Any]) -> Questionnaire:
    """Changes what ``values`` name (``EDITABLE``). What was sent keeps its promise of anonymity. Publishes QuestionnaireEdited.

    Raises NotFound, Denied; Invalid with the field.
    """
    questionnaire = _locked(actor, questionnaire_id, "edit")
    before = {name: getattr(questionnaire, name) for name in EDITABLE}
    _set(questionnaire, values)
    if any(getattr(questionnaire, name) != before[name] for name in EDITABLE):
        questionnaire.save()
        publish(events.QuestionnaireEdited(subject_id=questionnaire.pk), actor=actor)
    return questionnaire


@transaction.atomic
def questionnaire_archive(*, actor: Actor, questionnaire_id: UUID | str, restore: bool = False) -> Questionnaire:
    """Puts a questionnaire away, or brings it back; its rounds and answers stay. Publishes QuestionnaireArchived or -Restored."""
    questionnaire = _locked(actor, questionnaire_id, "archive")
    if (questionnaire.archived_at is None) == restore:
        return questionnaire
    questionnaire.archived_at = None if restore else timezone.now()
    questionnaire.save(update_fields=["archived_at", "updated_at"])
    event = events.QuestionnaireRestored if restore else events.QuestionnaireArchived
    publish(event(subject_id=questionnaire.pk), actor=actor)
    return questionnaire


@transaction.atomic
def draft_ensure(*, actor: Actor, questionnaire_id: UUID | str) -> Version:
    """The version that is worked on; begun from the last published one when there is none. Publishes QuestionnaireDraftStarted.

    Raises NotFound, Denied.
    """
    questionnaire = _locked(actor, questionnaire_id, "edit")
    versions = Version.objects.visible_to(actor, "edit").filter(questionnaire=questionnaire).order_by("-number")
    last: Version = versions[0]
    if last.state == VersionState.DRAFT:
        return last
    draft = Version.objects.create(questionnaire=questionnaire, number=last.number + 1, content=last.content)
    publish(events.QuestionnaireDraftStarted(subject_id=questionnaire.pk, number=draft.number), actor=actor)
    return draft


@transaction.atomic
def draft_change(*, actor: Actor, version_id: UUID | str, change: Callable[[Form], Form], seen: int | None = None) -> Version:
    """Changes a draft by a function of ``rules.edit``, on what it is now; ``seen`` is the revision that was looked at, where the change
    writes over what it read. No event: a draft is nobody's but its builders'.

    Raises NotFound, Denied; Invalid for what would be no questionnaire; Conflict (``published``, ``stale_edit``).
    """
    version = _draft(actor, version_id)
    if seen is not None and seen != version.revision:
        raise Conflict(
            "stale_edit", _("Somebody changed this question meanwhile. Look at what is there now, then save again.")
        )
    try:
        content = write_form(read_form(write_form(change(read_form(version.content)))))
    except FormFault as fault:
        raise Invalid(fault.code, fault.words, field=fault.path or None) from fault
    if content != version.content:
        version.before, version.content, version.revision = version.content, content, version.revision + 1
        version.save(update_fields=["before", "content", "revision", "updated_at"])
    return version


@transaction.atomic
def draft_undo(*, actor: Actor, version_id: UUID | str) -> Version:
    """Takes the last change of a draft back; done again, it is there again. Raises NotFound, Denied, Conflict (``published``)."""
    version = _draft(actor, version_id)
    if version.before is not None:
        version.before, version.content, version.revision = version.content, version.before, version.revision + 1
        version.save(update_fields=["before", "content", "revision", "updated_at"])
    return version


@transaction.atomic
def version_publish(*, actor: Actor, version_id: UUID | str) -> Version:
    """Publishes a draft: it never changes again, and can be sent. Publishes QuestionnairePublished.

    Raises NotFound, Denied; Invalid (``incomplete``, ``data["lacks"]`` says all that is missing); Conflict (``published``).
    """
    version = _draft(actor, version_id)
    authorize(actor, "questionnaires.questionnaire:publish", version.questionnaire)
    found = version.lacks()
    if found:
        raise Invalid("incomplete", _("Something is missing before this can be published."), lacks=found)
    version.state, version.published_at, version.published_by_id = VersionState.PUBLISHED, timezone.now(), actor.person_id
    version.before = None
    version.save(update_fields=["state", "published_at", "published_by", "before", "updated_at"])
    publish(events.QuestionnairePublished(subject_id=version.questionnaire_id, number=version.number), actor=actor)
    return version


def _locked(actor: Actor, questionnaire_id: UUID | str, verb: str) -> Questionnaire:
    rows = Questionnaire.objects.visible_to(actor).select_for_update(of=("self",))
    questionnaire: Questionnaire = rows.one(questionnaire_id)
    authorize(actor, f"questionnaires.questionnaire:{verb}", questionnaire)
    return questionnaire


def _draft(actor: Actor, version_id: UUID | str) -> Version:
    rows = Version.objects.visible_to(actor).select_related("questionnaire").select_for_update(of=("self",))
    version: Version = rows.one(version_id)
    authorize(actor, "questionnaires.version:edit", version)
    if version.state != VersionState.DRAFT:
        raise Conflict("published", _("This version is published and stays as it is. Begin a new one from it."))
    return version


def _set(questionnaire: Questionnaire, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in EDITABLE:
            raise Invalid("unknown_field", _("Nothing of this name is kept of a questionnaire."), field=name)
        setattr(questionnaire, name, value)
    try:
        questionnaire.title = texts_of(questionnaire.title, max_length=200)
    except ValidationError as error:
        raise Invalid("invalid", error.messages[0], field="title") from error
    wanted = set(questionnaire.languages)
    if not wanted <= set(known_languages()) or default_language() not in wanted:
        words = _("Questionnaires are written in %(language)s at least.") % {"language": default_language().upper()}
        raise Invalid("languages", words, field="languages")
    questionnaire.languages = [code for code in known_languages() if code in wanted]
    validate(questionnaire, exclude=["owner", "title_key"])
