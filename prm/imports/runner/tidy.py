"""Removes what nobody needs any more: files, rejected rows and staging tables of imports that ended, or were forgotten, a month ago."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from prm.access.actors import Actor, ActorKind
from prm.access.roles import as_role
from prm.imports.models import ImportBatch, ImportBefore, ImportRejectedRow
from prm.imports.runner.check import import_target
from prm.imports.runner.staging import StagingTable

#: Files and staging tables are kept this long after the import's last change.
KEEP_FOR = timedelta(days=30)
AT_ONCE = 200


def tidy_old_imports() -> int:
    """Answers how many imports lost their file, its rejected rows (they may name people), and what records were before them, which undo
    needs no longer. Counts and mappings stay."""
    # Staging tables belong to the role that made them: the vendor's people's.
    owner = Actor(kind=ActorKind.VENDOR, name="PRM", reason="tidying imports")
    with as_role(owner):
        old = list(ImportBatch.objects.filter(updated_at__lt=timezone.now() - KEEP_FOR).exclude(file="")[:AT_ONCE])
        for batch in old:
            StagingTable(batch, import_target(batch)).drop()
            batch.file.delete(save=False)
            ImportBatch.objects.filter(pk=batch.pk).update(file="")
        for kept in (ImportBefore, ImportRejectedRow):
            kept.objects.filter(batch__in=old).delete()
        return len(old)
