"""A job's row is the truth: it runs once, can be stopped, survives its worker, and says how it ended."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from console.connections.models import User
from console.jobs import registry, services
from console.jobs.handle import JobFailed, JobHandle
from console.jobs.models import Job
from crm_client.errors import CrmError, NotAllowed, NotSent, ServerFault, TooManyRequests
from tests.cast import Person

pytestmark = pytest.mark.django_db(transaction=True)

KIND = "count_to_three"


class Counter:
    """A piece of work of three steps; a test may have something happen at a step."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.at: dict[int, object] = {}

    def __call__(self, handle: JobHandle) -> None:
        for step in range(handle.job.result.get("done", 0) + 1, 4):
            happening = self.at.pop(step, None)
            if isinstance(happening, BaseException):
                raise happening
            if callable(happening):
                happening(handle)
            handle.progress(step, 3, f"step {step}")
            self.steps.append(step)
            handle.result(done=step)


@pytest.fixture
def counter() -> Iterator[Counter]:
    work = Counter()
    registry.register(KIND, work)
    yield work
    registry.unregister(KIND)


def _start(person: Person) -> Job:
    return services.start(person.connection, person.user, KIND, "Count to three")


def _now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_alices_job_runs_to_its_end(alice: Person, counter: Counter) -> None:
    job = _start(alice)
    services.run(job.pk)
    ended = _now(job)
    assert (ended.state, ended.done, ended.total) == (Job.State.DONE, 3, 3)
    assert "Count to three" in alice.get(f"/jobs/{job.pk}/").text


def test_a_message_delivered_five_times_runs_the_job_once(alice: Person, counter: Counter) -> None:
    job = _start(alice)
    for _ in range(5):
        services.run(job.pk)
    assert counter.steps == [1, 2, 3]


def test_a_second_click_leads_to_the_job_under_way(alice: Person, counter: Counter) -> None:
    assert _start(alice).pk == _start(alice).pk


def test_a_job_whose_worker_died_goes_on_where_it_was(alice: Person, counter: Counter) -> None:
    counter.at[3] = KeyboardInterrupt()
    job = _start(alice)
    with pytest.raises(KeyboardInterrupt):
        services.run(job.pk)
    assert _now(job).state == Job.State.RUNNING
    services.run(job.pk)
    assert counter.steps == [1, 2]  # its lease has not run out yet
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1), rung_at=None)
    assert services.sweep() == 1
    services.run(job.pk)
    assert counter.steps == [1, 2, 3]
    assert _now(job).state == Job.State.DONE


def test_a_worker_thought_dead_writes_nothing_over_its_successor(alice: Person, counter: Counter) -> None:
    counter.at[2] = lambda handle: Job.objects.filter(pk=handle.job.pk).update(lease="successor", note="mine now")
    job = _start(alice)
    services.run(job.pk)
    assert (_now(job).state, _now(job).note) == (Job.State.RUNNING, "mine now")


def test_alice_stops_a_running_job(alice: Person, counter: Counter) -> None:
    counter.at[2] = lambda handle: alice.post(f"/jobs/{handle.job.pk}/cancel/")
    job = _start(alice)
    services.run(job.pk)
    assert counter.steps == [1]
    assert _now(job).state == Job.State.CANCELLED


def test_a_job_stopped_before_it_began_never_begins(alice: Person, counter: Counter) -> None:
    job = _start(alice)
    alice.post(f"/jobs/{job.pk}/cancel/")
    services.run(job.pk)
    assert (_now(job).state, counter.steps) == (Job.State.CANCELLED, [])


@pytest.mark.parametrize(
    "problem",
    [TooManyRequests(what="the fields of Leads", retry_after_s=120), NotSent(what="the list"), ServerFault()],
)
def test_a_job_waits_for_the_crm_and_is_rung_when_the_time_has_come(
    alice: Person, counter: Counter, problem: CrmError
) -> None:
    counter.at[2] = problem
    job = _start(alice)
    services.run(job.pk)
    waiting = _now(job)
    assert waiting.state == Job.State.WAITING
    assert "Waiting for Zoho until" in waiting.note
    services.run(job.pk)
    assert services.sweep() == 0
    Job.objects.filter(pk=job.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    assert services.sweep() == 1
    services.run(job.pk)
    assert _now(job).state == Job.State.DONE


def test_stopping_a_job_that_is_about_to_wait_ends_it(alice: Person, counter: Counter) -> None:
    def throttled_while_alice_stops_it(handle: JobHandle) -> None:
        alice.post(f"/jobs/{handle.job.pk}/cancel/")
        raise TooManyRequests(what="the fields of Leads", retry_after_s=120)

    counter.at[2] = throttled_while_alice_stops_it
    job = _start(alice)
    services.run(job.pk)
    assert _now(job).state == Job.State.CANCELLED


def test_a_job_that_kills_its_workers_is_not_begun_for_ever(alice: Person, counter: Counter) -> None:
    job = _start(alice)
    Job.objects.filter(pk=job.pk).update(attempts=services.MOST_ATTEMPTS)
    services.run(job.pk)
    assert (_now(job).state, _now(job).error_code) == (Job.State.FAILED, "NO-PROGRESS")
    assert counter.steps == []


def test_a_job_that_gets_further_may_be_begun_again_and_again(alice: Person, counter: Counter) -> None:
    job = _start(alice)
    Job.objects.filter(pk=job.pk).update(attempts=services.MOST_ATTEMPTS - 1)
    services.run(job.pk)
    assert (_now(job).state, _now(job).attempts) == (Job.State.DONE, 0)


def test_a_lease_from_a_clock_that_jumped_is_found_by_the_sweeper(alice: Person, counter: Counter) -> None:
    job = _start(alice)
    far = timezone.now() + timedelta(hours=3)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, lease="gone", lease_until=far, rung_at=None)
    assert services.sweep() == 1


def test_the_work_of_a_closed_account_ends(alice: Person, counter: Counter) -> None:
    job = _start(alice)
    User.objects.filter(pk=alice.user.pk).update(is_active=False)
    services.run(job.pk)
    assert (_now(job).state, counter.steps) == (Job.State.CANCELLED, [])


def test_a_refused_job_says_why(alice: Person, counter: Counter) -> None:
    counter.at[1] = NotAllowed(what="the fields of Leads", code="NO_PERMISSION", status=403)
    job = _start(alice)
    services.run(job.pk)
    page = alice.get(f"/jobs/{job.pk}/")
    assert "CRM-DENIED" in page.text
    assert "the fields of Leads" in page.text


def test_work_that_cannot_be_done_says_so_in_its_own_words(alice: Person, counter: Counter) -> None:
    job = _start(alice)
    counter.at[2] = JobFailed("NO-SPACE", "The disk is full.")
    services.run(job.pk)
    ended = _now(job)
    assert (ended.state, ended.error_code, ended.error_text) == (Job.State.FAILED, "NO-SPACE", "The disk is full.")


def test_a_fault_of_our_own_is_told_without_its_innards(alice: Person, counter: Counter) -> None:
    counter.at[1] = RuntimeError("secret innards")
    job = _start(alice)
    services.run(job.pk)
    page = alice.get(f"/jobs/{job.pk}/")
    assert "CONSOLE-FAULT" in page.text
    assert "secret innards" not in page.text


def test_the_page_stops_asking_when_the_job_is_over(alice: Person, counter: Counter) -> None:
    job = _start(alice)
    assert alice.get_partial(f"/jobs/{job.pk}/").status == 200
    services.run(job.pk)
    assert alice.get_partial(f"/jobs/{job.pk}/").status == 286


def test_charlie_cannot_see_or_stop_alices_job(alice: Person, charlie: Person, counter: Counter) -> None:
    job = _start(alice)
    assert charlie.get(f"/jobs/{job.pk}/").status == 404
    assert charlie.post(f"/jobs/{job.pk}/cancel/").status == 404
    assert charlie.client.get(alice.at(f"/jobs/{job.pk}/")).status_code == 404
    assert _now(job).state == Job.State.WAITING
