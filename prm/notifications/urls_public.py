"""Links of mails; with the demo its mailbox."""

from django.conf import settings
from django.urls import path

from prm.notifications import public

urlpatterns = [path("mail/unsubscribe/<str:token>", public.UnsubscribePage.as_view(), name="mail-unsubscribe")]
if settings.PRM_DEMO:
    urlpatterns += [
        path("mailbox", public.MailboxPage.as_view(), name="mailbox"),
        path("mailbox/<str:key>", public.MailboxMailPage.as_view(), name="mailbox-mail"),
        path("mailbox/<str:key>/body", public.MailboxBodyPage.as_view(), name="mailbox-body"),
    ]
