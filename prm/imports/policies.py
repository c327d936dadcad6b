"""Who may import: channel managers and above; each target asks for its own permission besides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from prm.access.policies import Policy, vendor_verbs
from prm.imports.models import (
    ImportBatch,
    ImportBefore,
    ImportChunk,
    ImportInserted,
    ImportMapping,
    ImportRejectedRow,
)

_VERBS = vendor_verbs(managers=["view", "create", "edit", "undo", "export"])


class ImportBatchPolicy(Policy):
    """Imports are seen by the vendor's people."""

    model = ImportBatch
    name = "imports.import"
    label = _("Imports")
    api = "imports"
    verbs = _VERBS


class ImportMappingPolicy(Policy):
    """Remembered mappings follow imports."""

    model = ImportMapping
    name = "imports.mapping"
    part_of = "imports.import"
    api = "imports"
    verbs = _VERBS


class ImportRejectedRowPolicy(Policy):
    """Rejected rows follow their import."""

    model = ImportRejectedRow
    name = "imports.rejected_row"
    part_of = "imports.import"
    api = "imports"
    verbs = _VERBS


class ImportChunkPolicy(Policy):
    """What was written follows its import."""

    model = ImportChunk
    name = "imports.chunk"
    part_of = "imports.import"
    verbs = _VERBS


class ImportInsertedPolicy(Policy):
    """Undo's record of what was created."""

    model = ImportInserted
    name = "imports.inserted"
    part_of = "imports.import"
    verbs = _VERBS


class ImportBeforePolicy(Policy):
    """Undo's record of what was there before."""

    model = ImportBefore
    name = "imports.before"
    part_of = "imports.import"
    verbs = _VERBS
