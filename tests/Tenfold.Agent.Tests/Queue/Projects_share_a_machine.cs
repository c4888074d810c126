using Tenfold.Agent.Tests.Pools;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Queueing;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Queue;

public sealed class Projects_share_a_machine : IDisposable
{
    private readonly Machine _machine = new() { Resources = new ResourcePool(1, 1L << 34, []) };

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_small_group_of_another_project_does_not_wait_for_a_large_group()
    {
        _machine.Queue.Add([.. await AssignAsync("vision", 6), .. await AssignAsync("speech", 2)]);
        (await _machine.ServeAsync()).ShouldBeTrue();
        Ran().ShouldBe(["vision", "speech", "vision", "speech", "vision", "vision", "vision", "vision"]);
    }

    [Fact]
    public async Task A_run_whose_priority_was_raised_starts_first()
    {
        var (first, last) = (await AssignAsync("vision", 1), await AssignAsync("vision", 1));
        _machine.Queue.Add([.. first, .. last]);
        _machine.Queue.Reorder(last[0].Attempt, RunPriority.High);
        _machine.Queue.Waiting().Select(entry => entry.Priority).ShouldBe([null, RunPriority.High], ignoreOrder: true);
        _machine.Queue.Add(last);
        _machine.Queue.Waiting().Count.ShouldBe(2, "the entry has another name, and is not added again");
        (await _machine.ServeAsync()).ShouldBeTrue();
        File.ReadAllLines(_machine.Folder["runs"]).ShouldBe([last[0].Run, first[0].Run]);
    }

    [Fact]
    public async Task A_priority_counts_that_was_changed_after_the_agent_had_read_the_entry()
    {
        var assignment = (await AssignAsync("vision", 1))[0];
        _machine.Queue.Add([assignment]);
        var reader = new QueueReader(_machine.Queue);
        PriorityNow().ShouldBeNull();
        _machine.Queue.Reorder(assignment.Attempt, RunPriority.High);
        PriorityNow().ShouldBe(RunPriority.High);
        _machine.Queue.Reorder(assignment.Attempt, RunPriority.Normal);
        PriorityNow().ShouldBeNull();

        RunPriority? PriorityNow() => reader.Read(_machine.Queue.Waiting().ShouldHaveSingleItem()).ShouldNotBeNull().Priority;
    }

    [Fact]
    public async Task A_changed_priority_changes_back()
    {
        var assignment = (await AssignAsync("vision", 1))[0];
        _machine.Queue.Add([assignment]);
        foreach (var priority in new[] { RunPriority.Low, RunPriority.High, RunPriority.Normal })
        {
            _machine.Queue.Reorder(assignment.Attempt, priority);
            var entry = _machine.Queue.Waiting().ShouldHaveSingleItem();
            WorkQueue.Read(entry).ShouldNotBeNull().Priority.ShouldBe(priority == RunPriority.Normal ? null : priority);
        }

        _machine.Queue.Reorder("nothing-1-1", RunPriority.High);
    }

    [Fact]
    public async Task The_machines_of_a_pool_share_too()
    {
        var all = new List<Assignment>([.. await AssignAsync("vision", 8), .. await AssignAsync("speech", 2)]);
        foreach (var assignment in all) await PoolMember.SubmitAsync(_machine.Store, assignment);
        await using var member = new PoolMember(_machine.Store, "ws1") { Resources = new ResourcePool(1, 1L << 34, []) }.Start();
        foreach (var assignment in all)
            await Eventually.ShouldBeAsync(() => _machine.Report(assignment.Attempt)?.State.IsFinal() == true, "it ended");
        Ran().Take(4).ShouldBe(["vision", "speech", "vision", "speech"]);
    }

    [Fact]
    public async Task An_entry_of_a_pool_says_its_priority()
    {
        var assignment = (await AssignAsync("vision", 1))[0];
        var normal = PoolKeys.Entry("lab", assignment);
        var high = PoolKeys.Entry("lab", assignment with { Priority = RunPriority.High });
        PoolKeys.WithPriority(normal, RunPriority.High).ShouldBe(high);
        PoolKeys.WithPriority(high, RunPriority.Normal).ShouldBe(normal);
        (PoolKeys.PriorityOf(normal), PoolKeys.PriorityOf(high)).ShouldBe((null, RunPriority.High));
        (PoolKeys.AttemptOf(normal), PoolKeys.AttemptOf(high)).ShouldBe((assignment.Attempt, assignment.Attempt));
    }

    private string[] Ran() => [.. File.ReadAllLines(_machine.Folder["ran"])];

    private int _groups;

    private async Task<IReadOnlyList<Assignment>> AssignAsync(string project, int repeat)
    {
        var spec = await _machine.SpecAsync(
            $"echo {project} >> {_machine.Folder["ran"]}; echo $TENFOLD_RUN >> {_machine.Folder["runs"]}");
        spec = spec with { Project = project };
        _groups++;
        return
        [
            .. _machine.Assign(spec, repeat, RunNames.NewGroup()).Select(one => one with { CreatedAt = one.CreatedAt.AddHours(_groups) }),
        ];
    }
}
