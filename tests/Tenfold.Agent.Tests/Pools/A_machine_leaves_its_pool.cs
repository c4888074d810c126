using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Pools;

public sealed class A_machine_leaves_its_pool : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_draining_machine_ends_its_runs_and_takes_no_more(bool byMark)
    {
        await using var member = new PoolMember(_machine.Store, "ws1").Start();
        var first = await SubmitAsync(Blocking, repeat: 1);
        await Eventually.ShouldBeAsync(() => File.Exists(_machine.Folder["begun.1"]), "the first attempt runs");
        if (byMark) await MarkAsync((await member.RecordAsync())!.Session);
        else member.Drain();
        await UntilAsync(async () => (await member.RecordAsync())?.IsDraining == true);
        var second = await SubmitAsync(Blocking, repeat: 2);
        _machine.Folder.Write("go", "");
        (await member.EndAsync()).ShouldBeTrue();
        (await _machine.ReportAsync(first.Attempt)).State.ShouldBe(AttemptState.Succeeded);
        _machine.Report(second.Attempt).ShouldBeNull("a draining machine takes nothing");
        (await member.RecordAsync()).ShouldBeNull("a machine that left is no longer listed");
        await using var next = new PoolMember(_machine.Store, "ws2").Start();
        await EndedAsync(second.Attempt, AttemptState.Succeeded);
    }

    [Fact]
    public async Task A_run_that_is_stopped_with_its_machine_continues_from_its_checkpoint_elsewhere()
    {
        const string counting =
            "n=$(cat $TENFOLD_CHECKPOINT_DIR/n 2>/dev/null || echo 0); echo from $n; echo $((n + 1)) > $TENFOLD_CHECKPOINT_DIR/n; "
            + "[ $n = 1 ] || { sleep 600 & wait $!; }";
        var spec = await _machine.SpecAsync(counting);
        var first = _machine.Assign(spec)[0];
        await PoolMember.SubmitAsync(_machine.Store, first);
        await using (var member = new PoolMember(_machine.Store, "ws1").Start())
        {
            await UntilAsync(async () => (await _machine.PrintedAsync(attempt: first.Attempt)).Contains("from 0"));
            member.Stop();
            (await member.EndAsync()).ShouldBeTrue();
        }

        var report = await _machine.ReportAsync(first.Attempt);
        (report.State, report.Ending, report.IsRetried).ShouldBe((AttemptState.Lost, Ending.Lost, true));
        var second = first with { Number = 2, LostBefore = 1 };
        await PoolMember.SubmitAsync(_machine.Store, second);
        await using var next = new PoolMember(_machine.Store, "ws2").Start();
        await EndedAsync(second.Attempt, AttemptState.Succeeded);
        (await _machine.PrintedAsync(attempt: second.Attempt)).ShouldContain("from 1");
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_stops_the_runs()
    {
        await using var member = new PoolMember(_machine.Store, "ws1")
        {
            Options = new Agent.Pools.PoolOptions(PoolMember.Pool) { DrainLimit = TimeSpan.Zero },
        }.Start();
        var assignment = await SubmitAsync("touch begun; sleep 600 & wait $!", repeat: 1);
        await Eventually.ShouldBeAsync(() => _machine.Report(assignment.Attempt)?.Process is not null, "the attempt runs");
        member.Drain();
        (await member.EndAsync()).ShouldBeTrue();
        (await _machine.ReportAsync(assignment.Attempt)).Ending.ShouldBe(Ending.Lost);
    }

    [Fact]
    public async Task A_second_agent_of_one_home_is_refused()
    {
        await using var member = new PoolMember(_machine.Store, "ws1").Start();
        await UntilAsync(async () => await member.RecordAsync() is not null);
        await using var second = new PoolMember(_machine.Store, "ws1", ("TENFOLD_TEST", "1")) { Shares = member.Home };
        (await second.Start().EndAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_killed_agent_is_replaced_by_the_next_one_of_its_home()
    {
        await using var member = new PoolMember(_machine.Store, "ws1");
        Directory.CreateDirectory(member.Home);
        File.WriteAllText(Path.Combine(member.Home, $"session.{PoolMember.Pool}"), "ws1-killed");
        await _machine.Store.WriteAsync(PoolKeys.Machine(PoolMember.Pool, "ws1-killed"), "{}"u8.ToArray(), CancellationToken.None);
        await MarkAsync("ws1-killed");
        member.Start();
        await UntilAsync(async () => await member.RecordAsync() is not null);
        (await new PoolRoster(_machine.Store, PoolMember.Pool).ListAsync(CancellationToken.None)).Keys.ShouldNotContain("ws1-killed");
        (await _machine.Store.ExistsAsync(PoolKeys.DrainMark(PoolMember.Pool, "ws1-killed"), CancellationToken.None)).ShouldBeFalse();
    }

    private string Blocking =>
        $"touch {_machine.Folder.Path}/begun.$TENFOLD_REPEAT; until [ -e {_machine.Folder["go"]} ]; do sleep 0.02; done";

    private Task MarkAsync(string session) =>
        _machine.Store.WriteAsync(PoolKeys.DrainMark(PoolMember.Pool, session), ReadOnlyMemory<byte>.Empty, CancellationToken.None);

    private async Task<Assignment> SubmitAsync(string command, int repeat)
    {
        var assignment = _machine.Assign(await _machine.SpecAsync(command), repeat)[^1];
        await PoolMember.SubmitAsync(_machine.Store, assignment);
        return assignment;
    }

    private async Task EndedAsync(string attempt, AttemptState state)
    {
        await Eventually.ShouldBeAsync(() => _machine.Report(attempt)?.State.IsFinal() == true, $"{attempt} has ended");
        (await _machine.ReportAsync(attempt)).State.ShouldBe(state);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
