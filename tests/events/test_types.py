"""What events are called on the wire: made of app and class, and kept. Subscribers and history know them by it."""

import pytest

from prm.events.publishing import EVENT_TYPES, Event

#: A name leaves this list only with an upcaster for what was told under it.
TOLD = {
    "accounts.api_key_created",
    "accounts.api_key_revoked",
    "accounts.invitation_accepted",
    "accounts.invitation_changed",
    "accounts.invitation_resent",
    "accounts.invitation_revoked",
    "accounts.invitation_sent",
    "accounts.member_activated",
    "accounts.member_added",
    "accounts.member_deactivated",
    "accounts.member_removed",
    "accounts.member_roles_changed",
    "accounts.member_steps_reset",
    "accounts.password_guessed",
    "accounts.provider_added",
    "accounts.provider_edited",
    "accounts.provider_removed",
    "accounts.provider_switched",
    "accounts.sign_in_rules_changed",
    "accounts.role_archived",
    "accounts.role_changed",
    "accounts.role_made",
    "accounts.role_restored",
    "exports.export_asked",
    "exports.export_fetched",
    "exports.list_exported",
    "imports.import_discarded",
    "imports.import_finished",
    "imports.import_mapped",
    "imports.import_undone",
    "imports.import_uploaded",
    "jobs.job_cancelled",
    "jobs.job_done",
    "jobs.job_failed",
    "jobs.job_retried",
    "jobs.job_started",
    "partners.catalogue_changed",
    "partners.companies_imported",
    "partners.company_archived",
    "partners.company_created",
    "partners.company_details_changed",
    "partners.company_edited",
    "partners.company_merge_undone",
    "partners.company_merged",
    "partners.company_restored",
    "partners.company_went_into",
    "partners.contact_archived",
    "partners.contact_restored",
    "partners.exchange_rate_removed",
    "partners.exchange_rate_said",
    "partners.fact_proposals_accepted",
    "partners.fact_proposals_refused",
    "partners.facts_proposed",
    "partners.liaison_changed",
    "partners.partner_advanced",
    "partners.partner_created",
    "partners.partner_edited",
    "partners.partner_move_taken_back",
    "partners.people_imported",
    "partners.products_imported",
    "partners.resellers_imported",
    "partners.sale_recorded",
    "partners.sales_imported",
    "partners.sites_imported",
    "profiling.specialist_admitted",
    "profiling.specialist_ended",
    "profiling.correction_withdrawn",
    "profiling.potential_corrected",
    "accounts.person_erased",
    "profiling.shared_file_taken",
    "profiling.study_remarked",
    "profiling.study_shared",
    "profiling.study_unshared",
    "profiling.study_archived",
    "profiling.study_changed",
    "profiling.study_created",
    "profiling.study_restored",
    "profiling.study_run_finished",
    "profiling.study_run_started",
    "profiling.target_explained",
    "profiling.target_list_archived",
    "profiling.target_list_changed",
    "profiling.target_list_created",
    "profiling.target_list_restored",
    "profiling.targets_added",
    "profiling.targets_removed",
    "profiling.targets_restored",
    "profiling.targets_taken",
    "questionnaires.answer_submitted",
    "questionnaires.invitation_reminded",
    "questionnaires.invitation_sent",
    "questionnaires.questionnaire_archived",
    "questionnaires.questionnaire_created",
    "questionnaires.questionnaire_draft_started",
    "questionnaires.questionnaire_edited",
    "questionnaires.questionnaire_published",
    "questionnaires.questionnaire_restored",
    "questionnaires.round_closed",
    "questionnaires.round_reopened",
    "questionnaires.round_sent",
    "events.delivery_died",
    "notifications.mail_due",
    "portal.brand_changed",
    "views.saved_view_changed",
    "views.saved_view_kept",
    "views.saved_view_removed",
}


def test_no_event_lost_the_name_that_it_was_told_under() -> None:
    assert {name for name in EVENT_TYPES if not name.startswith("tests.")} == TOLD


def test_an_event_is_frozen_and_takes_keywords_only() -> None:
    told = EVENT_TYPES["partners.company_archived"]
    with pytest.raises(TypeError):
        told("0188bac7-4afa-78aa-bc3b-bd1eef28d881")  # type: ignore[misc]
    happened = told(subject_id="0188bac7-4afa-78aa-bc3b-bd1eef28d881")  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        happened.subject_id = None  # type: ignore[misc]


def test_a_class_without_a_subject_shares_its_fields_and_is_no_event_itself() -> None:
    class Counted(Event):
        count: int

    class ThingsCounted(Counted, subject="thing", sentence="counted"):
        where: str

    try:
        told = ThingsCounted(subject_id=None, count=2, where="here")  # type: ignore[arg-type]
        assert (told.type, told.subject_type, told.data()) == ("tests.things_counted", "thing", {"count": 2, "where": "here"})
        assert "tests.counted" not in EVENT_TYPES
    finally:
        del EVENT_TYPES["tests.things_counted"]
