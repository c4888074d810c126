using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Targets.Tests.Pool.Instances;

public sealed class Instances_are_started_for_waiting_runs : IDisposable
{
    private readonly InstanceScene _scene = new(count: 4);

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)] // Two runs of two cores fit on a machine of four.
    [InlineData(5, 3)]
    [InlineData(100, 4)] // Never more than are listed.
    public async Task As_many_start_as_the_queue_needs(int runs, int started)
    {
        var assignments = await _scene.SubmitAsync(runs);
        _scene.Cloud.Calls.ShouldBe(_scene.Ids.Take(started).Select(id => $"start {id}"));
        // They boot: another round starts no more.
        var states = await _scene.ObserveAsync(assignments);
        _scene.Cloud.Calls.Count.ShouldBe(started);
        states[0].Reason!.FindBackendFact().ShouldBe("instance-starting");
        // Neither does a controller that has just been started.
        foreach (var id in _scene.Ids.Take(started)) _scene.Cloud.Set(id, InstanceState.Running);
        await _scene.ObserveAsync(assignments);
        _scene.Cloud.Calls.Count.ShouldBe(started);
    }

    [Fact]
    public async Task A_machine_that_has_room_is_used_before_another_one_starts()
    {
        _scene.Cloud.Set("i-01", InstanceState.Running);
        await _scene.BeatAsync("i-01", machine => machine with { Free = new PoolRoom(2, 16L << 30, 0), Running = ["other.1.1"] });
        await _scene.SubmitAsync(1);
        _scene.Cloud.Calls.ShouldBeEmpty();
        await _scene.SubmitAsync(1, work => work with { Resources = new ResourceSpec { Cpus = 1, Gpus = 1 } });
        _scene.Cloud.Calls.ShouldBe(["start i-02"]);
    }

    [Fact]
    public async Task A_stopping_instance_is_waited_for_and_then_started()
    {
        foreach (var id in _scene.Ids) _scene.Cloud.Set(id, InstanceState.Stopping);
        var assignments = await _scene.SubmitAsync(1);
        _scene.Cloud.Calls.ShouldBeEmpty();
        var waiting = (await _scene.ObserveAsync(assignments))[0];
        waiting.Kind.ShouldBe(BackendKind.Waiting);
        waiting.Reason!.FindBackendFact().ShouldBe("instance-stopping");
        _scene.Cloud.Set("i-03", InstanceState.Stopped);
        await _scene.ObserveAsync(assignments);
        _scene.Cloud.Calls.ShouldBe(["start i-03"]);
    }

    [Fact]
    public async Task An_instance_that_begins_to_stop_between_the_listing_and_the_start_is_tried_again()
    {
        _scene.Cloud.Refusals["i-01"] = new InstanceRefusal(InstanceRefusalKind.WrongState, "i-01 changes", "IncorrectInstanceState");
        foreach (var id in _scene.Ids.Skip(1)) _scene.Cloud.Set(id, InstanceState.Deleted);
        var assignments = await _scene.SubmitAsync(1);
        _scene.Cloud.Refusals.Clear();
        await _scene.ObserveAsync(assignments);
        _scene.Cloud.Calls.ShouldBe(["start i-01", "start i-01"]);
        _scene.Cloud["i-01"].State.ShouldBe(InstanceState.Starting);
    }

    [Theory]
    [InlineData(InstanceRefusalKind.NoCapacity)]
    [InlineData(InstanceRefusalKind.Denied)]
    [InlineData(InstanceRefusalKind.Gone)]
    [InlineData(InstanceRefusalKind.Quota)]
    public async Task When_one_is_refused_the_next_one_is_tried(InstanceRefusalKind kind)
    {
        _scene.Cloud.Refusals["i-01"] = new InstanceRefusal(kind, "no i-01: do this", "Code");
        var assignments = await _scene.SubmitAsync(1);
        _scene.Cloud.Calls.ShouldBe(["start i-01", "start i-02"]);
        // When all are, the run says what to do. A refused instance rests for half a minute.
        foreach (var id in _scene.Ids.Skip(1)) _scene.Cloud.Set(id, InstanceState.Deleted);
        var reason = (await _scene.ObserveAsync(assignments))[0].Reason!;
        reason.FindBackendFact().ShouldBe("instance-not-started");
        _scene.Cloud.Calls.Count.ShouldBe(2);
        _scene.Time.Pass(1);
        await _scene.ObserveAsync(assignments);
        _scene.Cloud.Calls.ShouldBe(["start i-01", "start i-02", "start i-01"]);
    }

    [Fact]
    public async Task An_instance_that_a_shutdown_would_delete_is_never_started()
    {
        _scene.Cloud.Deleted.Add("i-01");
        foreach (var id in _scene.Ids.Skip(1)) _scene.Cloud.Set(id, InstanceState.Deleted);
        var assignments = await _scene.SubmitAsync(1);
        var reason = (await _scene.ObserveAsync(assignments))[0].Reason!;
        reason.Words().ShouldNotBeNull().ShouldContain("modify-instance-attribute --instance-id i-0");
        _scene.Cloud.Calls.ShouldBeEmpty();
        _scene.Cloud.Deleted.Clear();
        _scene.Time.Pass(1);
        await _scene.ObserveAsync(assignments);
        _scene.Cloud.Calls.ShouldBe(["start i-01"]);
    }

    [Fact]
    public async Task An_instance_is_not_started_again_and_again_for_a_run_that_it_could_not_take()
    {
        var assignments = await _scene.SubmitAsync(1, work => work with { Secrets = ["HF_TOKEN"] });
        var last = new PoolMachine { Session = "x", Machine = "vm", StartedAt = default, Cpus = 4, MemoryBytes = 16L << 30, Gpus = 1 };
        foreach (var id in _scene.Ids)
        {
            _scene.Cloud.Set(id, InstanceState.Stopped);
            await _scene.LeaveAsync(new PoolLeaving(id, PoolEnding.Idle)
            {
                Machine = last with { MissingSecrets = ["HF_TOKEN"] },
                Declined = [assignments[0].Attempt],
            });
        }

        var reason = (await _scene.ObserveAsync(assignments))[0].Reason!;
        reason.Words().ShouldNotBeNull().ShouldContain("--secret HF_TOKEN");
        _scene.Cloud.Calls.ShouldBe(["start i-01"]);
        // Its owner has had time to change it.
        await _scene.LeaveAsync(
            new PoolLeaving("i-01", PoolEnding.Idle) { Declined = [assignments[0].Attempt] }, ago: TimeSpan.FromMinutes(61));
        await _scene.ObserveAsync(assignments);
        _scene.Cloud.Calls.ShouldBe(["start i-01", "start i-01"]);
    }

    [Fact]
    public async Task An_instance_that_others_write_into_the_store_is_not_started()
    {
        var assignments = await _scene.SubmitAsync(1);
        var key = AttemptKeys.Assignment(assignments[0].Attempt);
        var text = JsonSerializer.Serialize(assignments[0], AttemptJson.Default.Assignment);
        await _scene.Store.WriteAsync(
            key, System.Text.Encoding.UTF8.GetBytes(text.Replace("i-01", "i-99", StringComparison.Ordinal)), CancellationToken.None);
        _scene.Cloud["i-99"] = new PoolInstance("i-99", InstanceState.Stopped);
        foreach (var id in _scene.Ids) _scene.Cloud.Set(id, InstanceState.Deleted);
        await _scene.ObserveAsync(assignments);
        _scene.Cloud.Calls.ShouldBe(["start i-01"]);
    }

    [Fact]
    public async Task Runs_are_observed_although_the_cloud_does_not_answer()
    {
        _scene.Cloud.Fault = new TargetException("the login has expired: run `aws sso login`");
        var assignments = await _scene.SubmitAsync(2);
        var states = await _scene.ObserveAsync(assignments);
        states.ShouldAllBe(state => state.Kind == BackendKind.Waiting);
        states[0].Reason!.FindBackendFact().ShouldBe("cloud-not-answering");
        states[0].Reason.Words().ShouldNotBeNull().ShouldContain("aws sso login");
        _scene.Cloud.Fault = null;
        await _scene.ObserveAsync(assignments);
        _scene.Cloud.Calls.ShouldBe(["start i-01"]);
    }

    [Fact]
    public async Task A_round_asks_the_cloud_at_most_every_ten_seconds()
    {
        var assignments = await _scene.SubmitAsync(1);
        var (target, _) = await _scene.OpenAsync();
        for (var i = 0; i < 20; i++) await target.ObserveAsync([assignments[0].Attempt], CancellationToken.None);
        _scene.Cloud.Listings.ShouldBe(1);
        await _scene.TakeAsync(assignments);
        await _scene.ObserveAsync(assignments);
        _scene.Cloud.Listings.ShouldBe(1, "nothing waits");
    }

    [Theory]
    [InlineData("instances", "i-xyz", "i-xyz")]
    [InlineData("idle", 30L, "`idle`")]
    [InlineData("lifetime", 60L, "`lifetime`")]
    public async Task Wrong_options_are_refused(string key, object value, string word)
    {
        ParameterValue option = value is long whole ? new IntegerValue(whole) : new ListValue([new TextValue((string)value)]);
        var fault = await Should.ThrowAsync<Exception>(() => _scene.OpenAsync((key, option)));
        fault.Message.ShouldContain(word);
    }
}
