using Tenfold.Core.Pools;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.Targets.Tests.Pool.Instances;

public sealed class A_watchdog_stops_what_is_on_for_nothing : IDisposable
{
    private readonly InstanceScene _scene = new(count: 1);
    private readonly InstanceWatchdog _watchdog;

    public A_watchdog_stops_what_is_on_for_nothing() => _watchdog = Make();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task An_instance_without_a_sign_of_life_is_stopped_after_a_second_look()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromMinutes(20));
        (await RunAsync()).Finding.ShouldBe(WatchFinding.Suspect);
        _scene.Cloud.Calls.ShouldBeEmpty();
        _scene.Time.Pass(1);
        var stopped = await RunAsync();
        (stopped.Finding, stopped.Words.Contains("without its agent")).ShouldBe((WatchFinding.Stopped, true));
        _scene.Cloud.Calls.ShouldBe(["stop i-01"]);
        // A controller must not start it again at once.
        (await new PoolRoster(_scene.Store, "ten").ReadLeavingsAsync(CancellationToken.None))["i-01"].Why.ShouldBe(PoolEnding.Silent);
        (await RunAsync()).Finding.ShouldBe(WatchFinding.Fine);
    }

    [Fact]
    public async Task An_instance_that_has_just_started_is_left_to_boot()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromMinutes(8));
        await RunTwiceAsync();
        _scene.Cloud.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_agent_that_fell_silent_long_ago_loses_its_machine()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(2));
        await _scene.BeatAsync("i-01", machine => machine with { Running = ["a.1.1"] }, silentFor: TimeSpan.FromMinutes(3));
        await RunTwiceAsync();
        _scene.Cloud.Calls.ShouldBeEmpty("it may be back in time");
        await _scene.BeatAsync("i-01", machine => machine with { Running = ["a.1.1"] }, silentFor: TimeSpan.FromMinutes(6));
        await RunTwiceAsync();
        _scene.Cloud.Calls.ShouldBe(["stop i-01"]);
    }

    [Fact]
    public async Task An_agent_that_writes_again_after_an_outage_of_the_store_keeps_its_machine()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(2));
        await _scene.BeatAsync("i-01", silentFor: TimeSpan.FromMinutes(30));
        (await RunAsync()).Finding.ShouldBe(WatchFinding.Suspect);
        await _scene.BeatAsync("i-01");
        _scene.Time.Pass(1);
        (await RunAsync()).Finding.ShouldBe(WatchFinding.Fine);
        _scene.Cloud.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_busy_machine_is_never_stopped(bool byRun)
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(20));
        await _scene.BeatAsync("i-01", machine => machine with
        {
            Running = byRun ? ["a.1.1"] : [],
            HasBusyGpus = !byRun,
            IdleSeconds = null,
        });
        for (var i = 0; i < 30; i++)
        {
            var looked = await RunAsync();
            looked.Finding.ShouldBe(WatchFinding.Suspect);
            looked.Words.ShouldContain("lifetime");
            _scene.Time.Pass(1);
        }

        _scene.Cloud.Calls.ShouldBeEmpty();
        // But it takes no more work.
        (await _scene.Store.ExistsAsync(PoolKeys.DrainMark("ten", "i-01-1"), CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_machine_that_is_idle_for_too_long_is_drained_and_then_stopped()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(1));
        await _scene.BeatAsync("i-01", machine => machine with { IdleSeconds = 9 * 60 });
        await RunTwiceAsync();
        (await _scene.Store.ExistsAsync(PoolKeys.DrainMark("ten", "i-01-1"), CancellationToken.None)).ShouldBeFalse("it may stop itself");
        await _scene.BeatAsync("i-01", machine => machine with { IdleSeconds = 11 * 60 });
        (await RunAsync()).Words.ShouldContain("asked to end");
        _scene.Cloud.Calls.ShouldBeEmpty();
        await _scene.BeatAsync("i-01", machine => machine with { IdleSeconds = 12 * 60, IsDraining = true });
        await RunTwiceAsync();
        _scene.Cloud.Calls.ShouldBe(["stop i-01"]);
    }

    [Fact]
    public async Task An_idle_machine_that_has_taken_a_run_meanwhile_goes_on()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(1));
        await _scene.BeatAsync("i-01", machine => machine with { IdleSeconds = 11 * 60 });
        await RunAsync();
        await _scene.BeatAsync("i-01", machine => machine with { IdleSeconds = null, IsDraining = true, Running = ["a.1.1"] });
        for (var i = 0; i < 20; i++, _scene.Time.Pass(1)) (await RunAsync()).Finding.ShouldBe(WatchFinding.Fine);
        _scene.Cloud.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_agent_without_limits_of_its_own_is_watched_by_the_watchdogs_clock()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(1));
        await _scene.BeatAsync("i-01", machine => machine with { IdleSeconds = null });
        for (var i = 0; i < 10; i++, _scene.Time.Pass(1)) (await RunAsync()).Finding.ShouldBe(WatchFinding.Fine);
        _scene.Time.Pass(1);
        (await RunAsync()).Words.ShouldContain("nothing to do for 11 min");
    }

    [Fact]
    public async Task An_agent_that_does_not_know_its_instance_may_be_the_busy_one()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(2));
        await _scene.BeatAsync("i-01", machine => machine with { Instance = null, Running = ["a.1.1"] });
        await RunTwiceAsync();
        var looked = await RunAsync();
        looked.Finding.ShouldBe(WatchFinding.Unknown);
        looked.Words.ShouldContain("--instance");
        _scene.Cloud.Calls.ShouldBeEmpty();
        // A machine that the target names is none of the instances.
        var named = Make("vm-i-01");
        await named.RunAsync(CancellationToken.None);
        _scene.Time.Pass(1);
        (await named.RunAsync(CancellationToken.None)).Instances[0].Finding.ShouldBe(WatchFinding.Stopped);
    }

    [Fact]
    public async Task A_machine_whose_agent_ended_but_that_stayed_on_is_stopped_and_may_start_again()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(1));
        await _scene.LeaveAsync(new PoolLeaving("i-01", PoolEnding.Idle));
        await RunTwiceAsync();
        _scene.Cloud.Calls.ShouldBe(["stop i-01"]);
        (await new PoolRoster(_scene.Store, "ten").ReadLeavingsAsync(CancellationToken.None))["i-01"].Why.ShouldBe(PoolEnding.Idle);
    }

    [Fact]
    public async Task A_refused_stop_is_reported_and_tried_again()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(1));
        _scene.Cloud.Refusals["i-01"] = new InstanceRefusal(InstanceRefusalKind.Denied, "allow ec2:StopInstances", "UnauthorizedOperation");
        await RunTwiceAsync();
        var looked = await RunAsync();
        looked.Finding.ShouldBe(WatchFinding.NotStopped);
        looked.Words.ShouldContain("ec2:StopInstances");
        _scene.Cloud.Refusals.Clear();
        (await RunAsync()).Finding.ShouldBe(WatchFinding.Stopped);
    }

    [Fact]
    public async Task After_a_failed_round_it_looks_twice_again()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running, age: TimeSpan.FromHours(1));
        await RunAsync();
        _scene.Cloud.Fault = new TargetException("no answer");
        _scene.Time.Pass(1);
        await Should.ThrowAsync<TargetException>(RunAsync);
        _scene.Cloud.Fault = null;
        _scene.Time.Pass(1);
        (await RunAsync()).Finding.ShouldBe(WatchFinding.Suspect);
        _scene.Cloud.Calls.ShouldBeEmpty();
    }

    private InstanceWatchdog Make(params string[] machines) => new(
        new InstanceList("test", "ten", _scene.Store.Url, "eu-west-1", 5 * 60, 12 * 3600)
        {
            Instances = _scene.Ids,
            Machines = machines,
        },
        _scene.Store, _scene.Cloud, _scene.Time);

    private async Task<WatchedInstance> RunAsync() => (await _watchdog.RunAsync(CancellationToken.None)).Instances.ShouldHaveSingleItem();

    private async Task RunTwiceAsync()
    {
        await RunAsync();
        _scene.Time.Pass(1);
        await RunAsync();
    }
}
