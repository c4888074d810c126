using System.Net;
using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Platform;

namespace Tenfold.App.Tests.Serving;

/// <summary>A version's replicas are started, watched, restarted and drained; none of their processes is left behind.</summary>
public sealed class Replicas_are_kept_running : IAsyncDisposable
{
    private static readonly ReplicaOptions Fast = new()
    {
        StartTimeout = TimeSpan.FromSeconds(60),
        WatchPause = TimeSpan.FromMilliseconds(20),
        FirstBackoff = TimeSpan.FromMilliseconds(10),
        LongestBackoff = TimeSpan.FromMilliseconds(50),
        DrainTimeout = TimeSpan.FromSeconds(20),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly Task<ReplicaOwner> _opening;

    public Replicas_are_kept_running() => _opening = ReplicaOwner.OpenAsync(_folder["home"], null, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await (await _opening).DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_replica_answers_at_its_own_port_once_it_is_ready()
    {
        await using var replicas = VersionReplicas.Start(SampleService.Version(_folder, 2), await _opening, Fast);
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        var endpoints = replicas.Status.Ready;
        endpoints.Distinct().Count().ShouldBe(2);
        using var client = new HttpClient();
        foreach (var endpoint in endpoints)
        {
            using var body = new StringContent("{}");
            var reply = await client.PostAsync(new Uri(endpoint, "/invocations"), body, TestContext.Current.CancellationToken);
            reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_replica_that_was_killed_is_started_again()
    {
        await using var replicas = VersionReplicas.Start(SampleService.Version(_folder), await _opening, Fast);
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        var first = replicas.Status.Replicas[0].Process!.Value;
        Kill(first);
        await Eventually.ShouldBeAsync(() => replicas.Status.Replicas[0].Process is { } next && next != first, "it has a new process");
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        replicas.Status.Fault.ShouldBeOfType<ReplicaFault.Exited>().ShouldSatisfyAllConditions(
            fault => fault.Signal.ShouldBe(9), fault => fault.WasReady.ShouldBeTrue());
        replicas.Status.IsCrashLooping.ShouldBeFalse();
    }

    [Fact]
    public async Task A_program_that_ends_again_and_again_is_a_crash_loop_with_its_last_lines()
    {
        await using var replicas = VersionReplicas.Start(SampleService.Version(_folder, 1, "crash"), await _opening, Fast);
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
        replicas.Status.IsCrashLooping.ShouldBeTrue();
        replicas.Status.Fault.ShouldBe(new ReplicaFault.Exited(3, null, false, "the model is broken"));
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_a_crash_loop()
    {
        var version = SampleService.Version(_folder) with { Program = "/no/such/program" };
        await using var replicas = VersionReplicas.Start(version, await _opening, Fast);
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
        replicas.Status.Fault.ShouldBeOfType<ReplicaFault.NotStarted>().Message.ShouldContain("/no/such/program");
    }

    [Fact]
    public async Task A_replica_that_is_never_ready_is_restarted_after_the_deadline()
    {
        var options = Fast with { StartTimeout = TimeSpan.FromMilliseconds(800), CrashLoop = 1 };
        await using var replicas = VersionReplicas.Start(SampleService.Version(_folder, 1, "never"), await _opening, options);
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
        replicas.Status.Fault.ShouldBeOfType<ReplicaFault.NotReady>();
    }

    [Fact]
    public async Task A_replica_whose_pings_fail_gets_no_more_traffic_and_is_restarted()
    {
        var options = Fast with { UnreadyTimeout = TimeSpan.FromMilliseconds(100) };
        await using var replicas = VersionReplicas.Start(SampleService.Version(_folder, 1, "sick"), await _opening, options);
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        var (first, endpoint) = (replicas.Status.Replicas[0].Process!.Value, replicas.Status.Ready[0]);
        using var client = new HttpClient();
        using var body = new StringContent("{}");
        await client.PostAsync(new Uri(endpoint, "/invocations"), body, TestContext.Current.CancellationToken);
        await Eventually.ShouldBeAsync(() => replicas.Status.Ready.Count == 0, "it is no longer ready");
        await Eventually.ShouldBeAsync(() => replicas.Status.Replicas[0].Process is { } next && next != first, "it is restarted");
    }

    [Fact]
    public async Task A_stop_lets_the_request_in_flight_finish()
    {
        var replicas = VersionReplicas.Start(SampleService.Version(_folder), await _opening, Fast);
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        var process = replicas.Status.Replicas[0].Process!.Value;
        using var client = new System.Net.Sockets.TcpClient("127.0.0.1", replicas.Status.Ready[0].Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync("POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{"u8.ToArray());
        await AnswersPingAsync(replicas.Status.Ready[0]); // The request before it has been accepted by now.
        var stopping = replicas.StopAsync();
        await Eventually.ShouldBeAsync(() => replicas.Status.Replicas[0].State == ReplicaState.Draining, "it drains");
        replicas.Status.Ready.ShouldBeEmpty();
        await stream.WriteAsync("}"u8.ToArray());
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("HTTP/1.1 200 OK");
        await stopping;
        replicas.Status.Replicas[0].State.ShouldBe(ReplicaState.Stopped);
        ProcessTable.GroupIsAlive(process).ShouldBeFalse();
    }

    [Fact]
    public async Task A_stop_kills_what_ignores_SIGTERM_and_what_left_its_group()
    {
        var options = Fast with { DrainTimeout = TimeSpan.FromMilliseconds(200) };
        var owner = await _opening;
        var replicas = VersionReplicas.Start(SampleService.Version(_folder, 1, "stubborn", "orphan"), owner, options);
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        ProcessTable.Marked(ReplicaOwner.OwnerMarker, owner.Id).Count.ShouldBe(2);
        await replicas.DisposeAsync();
        ProcessTable.Marked(ReplicaOwner.OwnerMarker, owner.Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stop_ends_a_replica_that_is_starting_or_waiting()
    {
        foreach (var fault in new[] { "never", "crash" })
        {
            var replicas = VersionReplicas.Start(
                SampleService.Version(_folder, 1, fault), await _opening, Fast with { FirstBackoff = TimeSpan.FromHours(1) });
            var state = fault == "never" ? ReplicaState.Starting : ReplicaState.Waiting;
            await Eventually.ShouldBeAsync(
                () => replicas.Status.Replicas is [{ } only] && only.State == state && only.Failures == (fault == "crash" ? 1 : 0), fault);
            await replicas.DisposeAsync();
            replicas.Status.Replicas[0].State.ShouldBe(ReplicaState.Stopped);
        }
    }

    [Fact]
    public async Task Replicas_end_when_the_process_that_owns_them_is_killed()
    {
        // The end of the pipe is all that a guard learns of its owner's death.
        using var child = new Child(_folder, "normal");
        using (var guard = ReplicaGuard.Start(null, TimeProvider.System))
        {
            guard.Add(child.Group);
            using var other = new Child(_folder, "removed");
            guard.Add(other.Group);
            guard.Remove(other.Group);
            guard.Dispose();
            await Eventually.ShouldBeAsync(() => !ProcessTable.GroupIsAlive(child.Group), "the guard ends it");
            ProcessTable.GroupIsAlive(other.Group).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task An_owner_finds_what_a_killed_owner_left_behind()
    {
        var id = $"{Guid.NewGuid():N}";
        _folder.Write($"serving/owners/{id}.lock", "");
        _folder.Write($"serving/owners/{id}/code/service.py", "");
        using var left = new Child(_folder, id);
        using var held = FileLock.TryAcquire(_folder["serving/owners/alive.lock"]);
        using var alive = new Child(_folder, "alive");
        await using var owner = await ReplicaOwner.OpenAsync(_folder["serving"], null, TimeProvider.System);
        ProcessTable.GroupIsAlive(left.Group).ShouldBeFalse();
        ProcessTable.GroupIsAlive(alive.Group).ShouldBeTrue();
        Directory.Exists(_folder[$"serving/owners/{id}"]).ShouldBeFalse();
        File.Exists(_folder[$"serving/owners/{id}.lock"]).ShouldBeFalse();
    }

    [Fact]
    public void The_pause_before_a_restart_doubles_up_to_its_limit()
    {
        var options = new ReplicaOptions { FirstBackoff = TimeSpan.FromSeconds(1), LongestBackoff = TimeSpan.FromSeconds(30) };
        new[] { 1, 2, 3, 5, 6, 7, 1000 }.Select(failures => options.BackoffAfter(failures).TotalSeconds)
            .ShouldBe([1, 2, 4, 16, 30, 30, 30]);
    }

    [Fact]
    public void A_large_log_is_moved_aside()
    {
        var log = new ReplicaLog(_folder["logs/1.log"], maxBytes: 100);
        log.Create().ShouldBeNull();
        File.AppendAllText(log.Path, "short\n");
        log.Rotate();
        log.LastLines(0).ShouldBe("short");
        File.AppendAllText(log.Path, new string('x', 200) + "\nlast\n");
        log.Rotate();
        log.Length.ShouldBe(0);
        File.ReadAllText($"{log.Path}.1").ShouldEndWith("last\n");
    }

    private static async Task AnswersPingAsync(Uri endpoint)
    {
        using var client = new HttpClient();
        (await client.GetAsync(new Uri(endpoint, "/ping"), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static void Kill(int process) => System.Diagnostics.Process.GetProcessById(process).Kill();

    /// <summary>A process that sleeps in a group of its own, with an owner's marker.</summary>
    private sealed class Child : IDisposable
    {
        private readonly ChildProcess _process;

        public Child(TemporaryFolder folder, string owner) => _process = ChildProcess.Start(
            new ProcessStart
            {
                Program = "/bin/sleep",
                Arguments = ["600"],
                Environment = new Dictionary<string, string> { [ReplicaOwner.OwnerMarker] = owner },
                Folder = folder.Path,
            },
            TimeProvider.System);

        public int Group => _process.Id;

        public void Dispose() => _process.Kill();
    }
}
