using Tenfold.Agent.Pools;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Pools;

public sealed class A_machine_stops_itself : IDisposable
{
    private static readonly PoolOptions FiveMinutes = new(PoolMember.Pool) { Idle = TimeSpan.FromMinutes(5), Instance = "i-0a" };

    private readonly Machine _machine = new();
    private readonly FrozenClock _clock = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task An_idle_machine_ends_within_thirty_seconds_of_its_limit()
    {
        await using var member = new PoolMember(_machine.Store, "vm1") { Time = _clock, Options = FiveMinutes }.Start();
        await UntilAsync(async () => (await member.RecordAsync())?.IdleSeconds == 0);
        _clock.Pass(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        await UntilAsync(async () => (await member.RecordAsync())?.IdleSeconds == 299);
        member.HasEnded.ShouldBeFalse();
        _clock.Pass(TimeSpan.FromSeconds(30));
        (await member.EndAsync()).ShouldBeTrue();
        member.Ending.ShouldBe(PoolEnding.Idle);
        (await member.RecordAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_running_command_is_never_idle_time()
    {
        await using var member = new PoolMember(_machine.Store, "vm1") { Time = _clock, Options = FiveMinutes }.Start();
        var assignment = await SubmitAsync($"touch begun; until [ -e {_machine.Folder["go"]} ]; do sleep 0.02; done");
        await UntilAsync(async () => (await member.RecordAsync())?.Running.Count == 1);
        _clock.Pass(600);
        await UntilAsync(async () => await member.RecordAsync() is { Running.Count: 1, IdleSeconds: null });
        member.HasEnded.ShouldBeFalse();
        _machine.Folder.Write("go", "");
        await UntilAsync(async () => (await member.RecordAsync())?.IdleSeconds < 300);
        _machine.Report(assignment.Attempt)!.State.ShouldBe(AttemptState.Succeeded);
        // The time counts from the end of the run.
        _clock.Pass(6);
        (await member.EndAsync()).ShouldBeTrue();
        member.Ending.ShouldBe(PoolEnding.Idle);
    }

    [Theory]
    [InlineData("case $1 in *compute-apps*) echo 4711;; *) echo 0;; esac")] // A program loads data.
    [InlineData("case $1 in *compute-apps*) ;; *) echo 97;; esac")]
    [InlineData("exit 9")]
    public async Task A_graphics_processor_that_is_in_use_or_does_not_answer_keeps_the_machine_on(string answer)
    {
        Nvidia(answer);
        await using var member = new PoolMember(_machine.Store, "vm1")
        {
            Time = _clock,
            Options = FiveMinutes,
            Resources = new ResourcePool(4, 1L << 34, ["0"]),
            Programs = _machine.Folder["bin"],
        }.Start();
        await UntilAsync(async () => (await member.RecordAsync())?.HasBusyGpus == true);
        _clock.Pass(600);
        _machine.Folder.Write("asked", "");
        await UntilAsync(() => Task.FromResult(new FileInfo(_machine.Folder["asked"]).Length > 0));
        member.HasEnded.ShouldBeFalse();
        Nvidia("case $1 in *compute-apps*) ;; *) echo '[N/A]';; esac");
        await UntilAsync(async () =>
        {
            _clock.Pass(TimeSpan.FromSeconds(11));
            return (await member.RecordAsync())?.HasBusyGpus == false;
        });
        (await member.RecordAsync())!.IdleSeconds!.Value.ShouldBeLessThan(300);
        await UntilAsync(() =>
        {
            _clock.Pass(TimeSpan.FromSeconds(11));
            return Task.FromResult(member.HasEnded);
        });
        member.Ending.ShouldBe(PoolEnding.Idle);
    }

    [Fact]
    public async Task A_run_continues_elsewhere_when_the_lifetime_of_its_machine_is_over()
    {
        var options = new PoolOptions(PoolMember.Pool) { Lifetime = TimeSpan.FromHours(12), Uptime = TimeSpan.FromHours(1) };
        await using var member = new PoolMember(_machine.Store, "vm1") { Time = _clock, Options = options }.Start();
        var assignment = await SubmitAsync("echo 7 > $TENFOLD_CHECKPOINT_DIR/n; touch begun; sleep 600 & wait $!");
        await Eventually.ShouldBeAsync(() => _machine.Report(assignment.Attempt)?.Process is not null, "the attempt runs");
        // 11 h 54 min after the boot it is still there, and at 11 h 55 min it saves its work.
        _clock.Pass((10 * 60) + 54);
        await UntilAsync(async () => await member.RecordAsync() is { IsDraining: false, Running.Count: 1 });
        _clock.Pass(1);
        (await member.EndAsync()).ShouldBeTrue();
        member.Ending.ShouldBe(PoolEnding.Lifetime);
        var report = await _machine.ReportAsync(assignment.Attempt);
        (report.State, report.Ending, report.IsRetried).ShouldBe((AttemptState.Lost, Ending.Lost, true));
    }

    [Fact]
    public async Task A_machine_tells_which_waiting_runs_it_could_not_take()
    {
        var spec = await _machine.SpecAsync("true") with { Secrets = ["HF_TOKEN"] };
        var waiting = _machine.Assign(spec)[0];
        await PoolMember.SubmitAsync(_machine.Store, waiting);
        await using var member = new PoolMember(_machine.Store, "vm1") { Time = _clock, Options = FiveMinutes }.Start();
        await UntilAsync(async () => (await member.RecordAsync())?.MissingSecrets is ["HF_TOKEN"]);
        _clock.Pass(6);
        (await member.EndAsync()).ShouldBeTrue();
        var left = (await new PoolRoster(_machine.Store, PoolMember.Pool).ReadLeavingsAsync(CancellationToken.None))["i-0a"];
        left.Declined.ShouldBe([waiting.Attempt]);
        (left.Why, left.Machine!.Cpus).ShouldBe((PoolEnding.Idle, 4));
        _machine.Report(waiting.Attempt).ShouldBeNull();
    }

    private void Nvidia(string answer)
    {
        var file = _machine.Folder.Write("bin/nvidia-smi", $"#!/bin/sh\necho >> {_machine.Folder["asked"]}\n{answer}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<Assignment> SubmitAsync(string command)
    {
        var assignment = _machine.Assign(await _machine.SpecAsync(command))[0];
        await PoolMember.SubmitAsync(_machine.Store, assignment);
        return assignment;
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
