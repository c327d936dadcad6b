"""Files that chunks leave behind, in the file storage that all workers share."""

from __future__ import annotations

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from prm.jobs.models import Job, JobChunk


def chunk_file_save(chunk: JobChunk, data: bytes | File[bytes], *, suffix: str = "bin") -> str:
    """Keeps a chunk's result as a file; its name stands in ``chunk.file_name`` once the chunk is marked done.

    The name holds the attempt, so that a worker thought dead cannot overwrite what a later attempt wrote, and a file that was
    cut short by a kill is never read.
    """
    name = f"jobs/{chunk.job_id}/{chunk.number:06d}-{chunk.attempts}.{suffix}"
    if default_storage.exists(name):
        default_storage.delete(name)
    chunk.file_name = default_storage.save(name, ContentFile(data) if isinstance(data, bytes) else data)
    return chunk.file_name


def job_files_remove(job: Job) -> int:
    """Removes all chunk files of a job, also of attempts that did not count; how many there were."""
    folder = f"jobs/{job.pk}"
    if not default_storage.exists(folder):
        return 0
    names = default_storage.listdir(folder)[1]
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)
    return len(names)
