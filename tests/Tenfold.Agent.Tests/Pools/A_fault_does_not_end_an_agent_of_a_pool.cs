using System.Text;
using System.Text.Json;
using Tenfold.Agent.Pools;
using Tenfold.Agent.Tests.Nodes;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Pools;

public sealed class A_fault_does_not_end_an_agent_of_a_pool : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"ws1\"")]
    [InlineData("7")]
    public async Task Options_that_the_agent_does_not_know_hold_up_one_attempt_only(string options)
    {
        using var json = JsonDocument.Parse(options);
        var spec = await _machine.SpecAsync("true");
        var unknown = _machine.Assign(
            spec with { Target = new TargetSpec("pool", PoolMember.Pool, json.RootElement.Clone()) }, group: RunNames.NewGroup())[0];
        // It comes first.
        await PoolMember.SubmitAsync(_machine.Store, unknown with { CreatedAt = DateTimeOffset.UnixEpoch });
        await using var member = new PoolMember(_machine.Store, "ws1").Start();
        for (var repeat = 1; repeat <= 2; repeat++)
        {
            var whole = _machine.Assign(spec, repeat)[^1];
            await PoolMember.SubmitAsync(_machine.Store, whole);
            await Eventually.ShouldBeAsync(
                () => _machine.Report(whole.Attempt)?.State.IsFinal() == true || member.HasEnded, $"{whole.Attempt} has ended");
            _machine.Report(whole.Attempt)?.State.ShouldBe(AttemptState.Succeeded);
        }

        member.HasEnded.ShouldBeFalse();
        _machine.Report(unknown.Attempt).ShouldBeNull("another machine may know the options");
        member.Drain();
        (await member.EndAsync()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("\"project\":\"test\"", "\"project\":null")]
    [InlineData("\"spec\":", "\"spec\":null,\"other\":")]
    [InlineData("\"kind\":\"system\"", "\"kind\":null")]
    public async Task An_assignment_with_null_holds_up_no_other(string part, string damage)
    {
        var spec = await _machine.SpecAsync("true");
        var damaged = _machine.Assign(spec, group: RunNames.NewGroup())[0];
        await PoolMember.SubmitAsync(_machine.Store, damaged);
        var key = AttemptKeys.Assignment(damaged.Attempt);
        var json = Encoding.UTF8.GetString((await _machine.Store.ReadAsync(key, CancellationToken.None))!);
        json.ShouldContain(part);
        await _machine.Store.WriteAsync(
            key, Encoding.UTF8.GetBytes(json.Replace(part, damage, StringComparison.Ordinal)), CancellationToken.None);
        var whole = _machine.Assign(spec)[0];
        await PoolMember.SubmitAsync(_machine.Store, whole);
        await using var member = new PoolMember(_machine.Store, "ws1").Start();
        await Eventually.ShouldBeAsync(() => _machine.Report(whole.Attempt)?.State.IsFinal() == true, "the whole attempt has ended");
        _machine.Report(whole.Attempt)!.State.ShouldBe(AttemptState.Succeeded);
        member.Drain();
        (await member.EndAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Attempts_end_while_the_queue_is_read()
    {
        var queue = new PoolQueue(_machine.Settings, PoolMember.Pool);
        using var stop = new CancellationTokenSource();
        var ending = Enumerable.Range(0, 3).Select(thread => Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) queue.LetRest($"{thread}-{i % 2000}");
        })).ToList();
        for (var i = 0; i < 300; i++) (await queue.ReadAsync(CancellationToken.None)).ShouldBeEmpty();
        await stop.CancelAsync();
        await Task.WhenAll(ending);
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    public async Task Signs_of_life_continue_after_any_fault(Type fault)
    {
        var written = 0;
        var store = new ShakyStore(_machine.Store)
        {
            BeforeWrite = _ =>
            {
                if (Interlocked.Increment(ref written) is 1 or 2) throw (Exception)Activator.CreateInstance(fault)!;
            },
        };
        var settings = _machine.Settings with { Store = store, Heartbeat = TimeSpan.FromMilliseconds(5) };
        using var stop = new CancellationTokenSource();
        var showing = new PoolPresence(settings, PoolMember.Pool, Record).RunAsync(stop.Token);
        await Eventually.ShouldBeAsync(() => Volatile.Read(ref written) >= 4 || showing.IsCompleted, "the agent writes again");
        showing.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await showing;
        (await new PoolRoster(_machine.Store, PoolMember.Pool).ListAsync(CancellationToken.None)).Keys.ShouldBe(["ws1-a"]);
    }

    [Fact]
    public async Task A_sign_of_life_that_hangs_is_given_up()
    {
        var time = new ManualTime();
        var store = new ShakyStore(_machine.Store) { Hanging = new TaskCompletionSource() };
        var presence = new PoolPresence(_machine.Settings with { Store = store, Time = time }, PoolMember.Pool, Record);
        var beat = presence.BeatAsync(CancellationToken.None);
        time.Waiting.ShouldBe(1);
        beat.IsCompleted.ShouldBeFalse();
        time.Fire();
        (await Should.ThrowAsync<StoreException>(() => beat)).Message.ShouldContain("20 s");
        store.Hanging = null;
        await presence.BeatAsync(CancellationToken.None);
        (await new PoolRoster(_machine.Store, PoolMember.Pool).ListAsync(CancellationToken.None)).Keys.ShouldBe(["ws1-a"]);
    }

    private static PoolMachine Record() => new()
    {
        Session = "ws1-a",
        Machine = "ws1",
        StartedAt = DateTimeOffset.UnixEpoch,
        Cpus = 4,
        MemoryBytes = 1L << 34,
    };
}
