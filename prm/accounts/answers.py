"""How the API tells of invitations: the vendor's own, a partner's own, and those of a partner that the vendor asks about."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from prm.api.fields import ChoiceField, EmailField, MomentField, PublicIdField, TextField, TypeIdField, WholeField
from prm.api.query import Filter, Kind
from prm.api.serializers import ApiSerializer

STATES = ("open", "accepted", "revoked", "expired")


class TakenBackField(WholeField):
    """How many open invitations went with the access that the act of an answer took away; no part of the record (``told_once``)."""

    def __init__(self, **options: Any) -> None:
        help_text = "How many open invitations this act took back, since whoever sent them may send them no more; 0 in any other answer."
        super().__init__(**{"source": "taken_back", "read_only": True, "help_text": help_text, **options})


class InvitationSerializer(ApiSerializer):
    """Who is invited, as what, until when. The link itself is in the mail alone."""

    id = PublicIdField("invite")
    email = EmailField(max_length=254)
    name = TextField(max_length=200)
    language = ChoiceField(choices=[code for code, _name in settings.LANGUAGES], required=False, default="en")
    roles = serializers.ListField(
        child=TextField(max_length=40), min_length=1, max_length=20,
        help_text="Codes: `manager`, `partner_sales`, …, or the id of a role of the vendor's own.",
    )  # fmt: skip
    studies = serializers.ListField(
        child=TypeIdField("study"), source="study_ids", required=False, default=list, max_length=100,
        help_text="What an outside specialist may see: one at least, and for nobody else.",
    )  # fmt: skip
    studies_archived = serializers.ListField(
        child=TypeIdField("study"), source="archived_ids", read_only=True,
        help_text="Those of `studies` that were archived meanwhile: they open nothing.",
    )  # fmt: skip
    studies_until = MomentField(
        required=False, allow_null=True, default=None, help_text="When a specialist sees them no more."
    )
    state = ChoiceField(choices=STATES, read_only=True)
    invited_by = TextField(source="inviter_name", read_only=True)
    sent_at = MomentField(read_only=True)
    expires_at = MomentField(read_only=True)
    accepted_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)

    example_request = {"email": "elise.vidal@orvane.example", "name": "Elise Vidal", "language": "fr", "roles": ["manager"]}
    example = {
        "id": "invite_01h455vb4pex5vsknk084sn02q", **example_request, "studies": [], "studies_archived": [], "studies_until": None,
        "state": "open", "invited_by": "Marc Tessier",
        "sent_at": "2026-05-19T07:24:00Z", "expires_at": "2026-05-26T07:24:00Z", "accepted_at": None,
        "created_at": "2026-05-19T07:24:00Z",
    }  # fmt: skip


class InvitedStudiesSerializer(ApiSerializer):
    """What a waiting invitation opens to an outside specialist."""

    studies = serializers.ListField(child=TypeIdField("study"), source="study_ids", max_length=100, help_text="One at least.")
    studies_until = MomentField(allow_null=True, help_text="When a specialist sees them no more; null: without end.")

    example_request = {"studies": ["study_01h455vb4pex5vsknk084sn02q"], "studies_until": "2026-09-30T22:00:00Z"}


INVITATION_FILTERS = (
    Filter("state", Kind.CHOICE, choices=STATES, is_column=False),
    Filter("email", Kind.TEXT, is_column=False, is_single=True),
)
