"""Pages of long work: all of it, one job live, stop, start again, and the quiet question whether something has ended."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from prm.access.pages import ScopedPage
from prm.jobs.models import FINAL_STATES, Job, JobState
from prm.jobs.progress import progress_context
from prm.jobs.selectors import job_get, job_progress, jobs_open_count, jobs_to_tell
from prm.jobs.services import job_cancel, job_retry, jobs_told
from prm.jobs.tables import job_list_spec, jobs_of
from prm.ui.listings import Empty, Listing, ViewTab
from prm.ui.pages import keyset_listing_page
from prm.ui.tables import ListState
from prm.ui.toasts import toast, toast_now
from prm.views.listing import ListPage

# htmx stops asking when it is answered this.
STOP_POLLING = 286


class JobListPage(ListPage):
    """All long work, newest first; mine in a view of its own."""

    permission = "jobs.job:view"
    list_name, template = "jobs", "jobs/job_list.html"

    def listing(self, request: HttpRequest) -> Listing:
        spec = job_list_spec()
        state = spec.state(request)
        mine = state.values.get("mine")
        order = ["-created_at"] if state.descending else ["created_at"]
        return Listing(
            spec=spec,
            state=state,
            page=keyset_listing_page(self.rows(state), order, state, spec.page_size),
            noun=_("Jobs"),
            export="jobs",
            views=[
                ViewTab(label=_("All"), query="", current=mine is None),
                ViewTab(label=_("Mine"), query="mine=yes", current=mine is True),
            ],
            empty=Empty(
                title=_("No long work yet"),
                text=_("Imports, studies and exports that take a while appear here, with how far they are."),
                act_label=_("Import a file"),
                act_url=reverse("vendor:imports:import-new"),
            ),
        )

    def rows(self, state: ListState) -> QuerySet[Job]:
        return jobs_of(actor=self.actor, state=state)


class _OneJob(ScopedPage):
    """What the pages of one job share."""

    abstract = True
    permission = "jobs.job:view"

    def job(self) -> Job:
        return job_get(actor=self.actor, job_id=self.kwargs["job_id"])


class JobDetailPage(_OneJob):
    """One job: live while it runs, then its result. Whoever started it is told by looking."""

    def get(self, request: HttpRequest, job_id: str) -> HttpResponse:
        job = self.job()
        if job.state in FINAL_STATES and job.told_at is None:
            jobs_told(actor=self.actor, jobs=[job])
        return TemplateResponse(request, "jobs/job_detail.html", progress_context(job_progress(actor=self.actor, job=job)))


class JobProgressPage(_OneJob):
    """The part of the page that asks for itself; when the work is over the whole page is asked for once."""

    def get(self, request: HttpRequest, job_id: str) -> HttpResponse:
        job = self.job()
        if not job.is_open:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return TemplateResponse(request, "jobs/job_progress.html", progress_context(job_progress(actor=self.actor, job=job)))


class JobCancelPage(_OneJob):
    """Stops it."""

    permission = "jobs.job:cancel"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, job_id: str) -> HttpResponse:
        job = job_cancel(actor=self.actor, job=self.job())
        toast(request, _("%(title)s is being stopped") % {"title": job.title})
        return HttpResponseRedirect(reverse("vendor:jobs:job-detail", args=[job.public_id]))


class JobRetryPage(_OneJob):
    """Lets it go on where it stopped."""

    permission = "jobs.job:retry"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, job_id: str) -> HttpResponse:
        job = job_retry(actor=self.actor, job=self.job())
        return HttpResponseRedirect(reverse("vendor:jobs:job-detail", args=[job.public_id]))


class JobPulsePage(ScopedPage):
    """Asked now and then by every page: has something of mine ended? Stops the asking when nothing is under way."""

    permission = "jobs.job:view"

    def get(self, request: HttpRequest) -> HttpResponse:
        ended = jobs_to_tell(actor=self.actor)
        if ended:
            jobs_told(actor=self.actor, jobs=ended)
            return toast_now(HttpResponse(), _ended_words(ended))
        return HttpResponse(status=200 if jobs_open_count(actor=self.actor) else STOP_POLLING)


def _ended_words(jobs: list[Job]) -> str:
    if len(jobs) > 1:
        return _("%(count)d jobs have ended: see Jobs") % {"count": len(jobs)}
    words = _("%(title)s is done") if jobs[0].state == JobState.DONE else _("%(title)s could not be finished: see Jobs")
    return words % {"title": jobs[0].title}
