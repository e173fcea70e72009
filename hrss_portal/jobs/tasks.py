"""The Celery tasks.  A message carries a job id and nothing else."""

from celery import shared_task

from hrss_portal.jobs import periodic, runner


@shared_task(name="hrss_portal.jobs.run", ignore_result=True)
def run(job_id: int) -> None:
    """Run one job, if it is still to be had."""
    runner.run_job(job_id)


@shared_task(name="hrss_portal.jobs.sweep", ignore_result=True)
def sweep() -> None:
    """Hint what is due and take back what was abandoned."""
    runner.sweep()


@shared_task(name="hrss_portal.jobs.tick", ignore_result=True)
def tick() -> None:
    """Insert the periodic rows whose time has come."""
    periodic.tick()
