using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Tests.Queue;

public sealed class A_queue_is_a_folder : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private WorkQueue Queue => _machine.Queue;

    [Fact]
    public async Task Entries_are_served_by_age_and_then_by_repeat()
    {
        var spec = await _machine.SpecAsync("true");
        Queue.Add(
            [.. _machine.Assign(spec, 12, "zzz00000")
                .Select(assignment => assignment with { CreatedAt = assignment.CreatedAt.AddSeconds(-1) })]);
        Queue.Add(_machine.Assign(spec, 2, "aaa00000"));
        Queue.Waiting().Select(entry => entry.Attempt)
            .ShouldBe([.. Enumerable.Range(1, 12).Select(i => $"zzz00000-{i}-1"), "aaa00000-1-1", "aaa00000-2-1"]);
    }

    [Fact]
    public async Task An_entry_is_added_once_whether_it_waits_or_runs()
    {
        var assignments = _machine.Assign(await _machine.SpecAsync("true"), 2);
        Queue.Add(assignments);
        Queue.TryTake(Queue.Waiting()[0]).ShouldNotBeNull();
        Queue.Add(assignments);
        Queue.Waiting().ShouldHaveSingleItem().Attempt.ShouldBe(_machine.Attempt(repeat: 2));
        Queue.Running().ShouldHaveSingleItem().Attempt.ShouldBe(_machine.Attempt());
        var read = WorkQueue.Read(Queue.Running()[0]).ShouldNotBeNull();
        (read.Attempt, read.Seed, read.CreatedAt, read.Spec.Command).ShouldBe((_machine.Attempt(), 1001, assignments[0].CreatedAt, "true"));
    }

    [Fact]
    public async Task Concurrent_adds_of_one_entry_add_it_once()
    {
        var spec = await _machine.SpecAsync("true");
        for (var round = 0; round < 20; round++)
        {
            var assignments = _machine.Assign(spec, 10, $"group{round:D3}");
            using var together = new Barrier(2);
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                together.SignalAndWait();
                new WorkQueue(Queue.Folder).Add(assignments);
            })));
        }

        Queue.Waiting().Count.ShouldBe(200);
        Directory.GetFiles(Queue.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_that_is_taken_and_withdrawn_at_once_goes_to_one_process()
    {
        Queue.Add(_machine.Assign(await _machine.SpecAsync("true"), 100));
        foreach (var entry in Queue.Waiting())
        {
            using var together = new Barrier(2);
            var take = Task.Run(() =>
            {
                together.SignalAndWait();
                return Queue.TryTake(entry) is not null;
            });
            var withdraw = Task.Run(() =>
            {
                together.SignalAndWait();
                return Queue.TryWithdraw(entry.Attempt);
            });
            ((await take) ^ (await withdraw)).ShouldBeTrue();
        }

        Queue.Waiting().ShouldBeEmpty();
    }

    [Fact]
    public void One_process_at_a_time_holds_the_lock_and_a_check_does_not_disturb_it()
    {
        Queue.HasAgent().ShouldBeFalse();
        using (Queue.TryLock().ShouldNotBeNull())
        {
            Queue.HasAgent().ShouldBeTrue();
            Queue.TryLock().ShouldBeNull();
            new WorkQueue(Queue.Folder).TryLock().ShouldBeNull();
        }

        Queue.HasAgent().ShouldBeFalse();
        using var again = Queue.TryLock();
        again.ShouldNotBeNull();
    }

    [Fact]
    public void A_missing_entry_cannot_be_read_taken_or_withdrawn()
    {
        Directory.CreateDirectory(Path.Combine(Queue.Folder, "running"));
        var entry = new QueueEntry(Path.Combine(Queue.Folder, "waiting", "1.1.a-1-1.json"), "a-1-1");
        WorkQueue.Read(entry).ShouldBeNull();
        Queue.TryWithdraw("a-1-1").ShouldBeFalse();
        Queue.Add([]);
        Queue.TryTake(entry).ShouldBeNull();
    }
}
