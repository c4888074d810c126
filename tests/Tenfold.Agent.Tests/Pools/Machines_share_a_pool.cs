using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Agent.Tests.Pools;

public sealed class Machines_share_a_pool : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Each_attempt_runs_on_exactly_one_machine()
    {
        await using var first = new PoolMember(_machine.Store, "ws1").Start();
        await using var second = new PoolMember(_machine.Store, "ws2").Start();
        await using var third = new PoolMember(_machine.Store, "ws3").Start();
        var assignments = await SubmitAsync($"echo $TENFOLD_RUN >> {_machine.Folder["ran"]}", 12);
        foreach (var assignment in assignments) (await EndedAsync(assignment)).State.ShouldBe(AttemptState.Succeeded);
        File.ReadAllLines(_machine.Folder["ran"]).ShouldBe(assignments.Select(assignment => assignment.Run), ignoreOrder: true);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task A_machine_runs_as_many_attempts_as_it_has_room_for()
    {
        await using var member = new PoolMember(_machine.Store, "ws1") { Resources = new ResourcePool(2, 1L << 34, []) }.Start();
        // Each attempt ends only when the test says so. A third one would show.
        var assignments = await SubmitAsync(
            $"touch {_machine.Folder.Path}/begun.$TENFOLD_REPEAT; until [ -e {_machine.Folder["go"]} ]; do sleep 0.02; done", 3);
        await Eventually.ShouldBeAsync(() => Begun() == 2, "two attempts run");
        var record = (await member.RecordAsync()).ShouldNotBeNull();
        (record.Cpus, record.Machine).ShouldBe((2, "ws1"));
        Begun().ShouldBe(2);
        _machine.Folder.Write("go", "");
        foreach (var assignment in assignments) (await EndedAsync(assignment)).State.ShouldBe(AttemptState.Succeeded);

        int Begun() => Directory.GetFiles(_machine.Folder.Path, "begun.*").Length;
    }

    [Fact]
    public async Task An_attempt_starts_only_on_a_machine_that_may_take_it()
    {
        var spec = await _machine.SpecAsync("true");
        var named = new Dictionary<string, ParameterValue> { ["machines"] = new ListValue([new TextValue("WS2")]) };
        spec = spec with { Target = new TargetSpec("pool", PoolMember.Pool, new TargetSettings("pool", named).ToJson()) };
        var assignment = _machine.Assign(spec)[0];
        await PoolMember.SubmitAsync(_machine.Store, assignment);
        await using var other = new PoolMember(_machine.Store, "ws1").Start();
        await using var right = new PoolMember(_machine.Store, "ws2").Start();
        (await EndedAsync(assignment)).Host.ShouldBe("ws2");
    }

    [Fact]
    public async Task A_large_attempt_waits_for_a_large_machine()
    {
        var spec = await _machine.SpecAsync("true") with { Resources = new ResourceSpec { Cpus = 8 } };
        var assignment = _machine.Assign(spec)[0];
        await PoolMember.SubmitAsync(_machine.Store, assignment);
        await using var small = new PoolMember(_machine.Store, "small").Start();
        await using var large = new PoolMember(_machine.Store, "large") { Resources = new ResourcePool(16, 1L << 34, []) }.Start();
        (await EndedAsync(assignment)).Host.ShouldBe("large");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    public async Task A_damaged_assignment_does_not_hold_up_the_others(string content)
    {
        var (damaged, whole) = (_machine.Assign(await _machine.SpecAsync("true"), group: "damagedx")[0],
            _machine.Assign(await _machine.SpecAsync("true"))[0]);
        await PoolMember.SubmitAsync(_machine.Store, damaged);
        await _machine.Store.WriteAsync(
            AttemptKeys.Assignment(damaged.Attempt), System.Text.Encoding.UTF8.GetBytes(content), CancellationToken.None);
        await _machine.Store.WriteAsync($"{PoolKeys.Queue(PoolMember.Pool)}stray", ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        await PoolMember.SubmitAsync(_machine.Store, whole);
        await using var member = new PoolMember(_machine.Store, "ws1").Start();
        (await EndedAsync(whole)).State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task The_entry_of_an_attempt_that_another_agent_claimed_is_removed()
    {
        var assignments = await SubmitAsync("true", 1);
        await _machine.Store.WriteAsync(
            AttemptKeys.Claim(assignments[0].Attempt),
            """{"token":"x","host":"elsewhere","process":1,"at":"2026-01-01T00:00:00+00:00"}"""u8.ToArray(), CancellationToken.None);
        await using var member = new PoolMember(_machine.Store, "ws1").Start();
        await QueueIsEmptyAsync();
        _machine.Report(assignments[0].Attempt).ShouldBeNull("the other agent reports it");
    }

    private async Task<IReadOnlyList<Assignment>> SubmitAsync(string command, int repeat)
    {
        var assignments = _machine.Assign(await _machine.SpecAsync(command), repeat);
        foreach (var assignment in assignments) await PoolMember.SubmitAsync(_machine.Store, assignment);
        return assignments;
    }

    private async Task<AttemptReport> EndedAsync(Assignment assignment)
    {
        await Eventually.ShouldBeAsync(
            () => _machine.Report(assignment.Attempt)?.State.IsFinal() == true, $"{assignment.Attempt} has ended");
        return await _machine.ReportAsync(assignment.Attempt);
    }

    private Task QueueIsEmptyAsync() => Eventually.ShouldBeAsync(
        () => !Directory.Exists(_machine.Folder[$"store/{PoolKeys.Queue(PoolMember.Pool)}"])
            || Directory.GetFiles(_machine.Folder[$"store/{PoolKeys.Queue(PoolMember.Pool)}"]).Length == 0, "the queue is empty");
}
