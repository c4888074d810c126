using Tenfold.Core.Platform;

namespace Tenfold.Agent.Tests;

public sealed class Waits_for_processes_use_the_given_clock
{
    [Fact]
    public async Task The_rest_of_a_group_is_checked_when_the_clock_says_so()
    {
        GroupReaper.AdoptOrphans();
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        var script = $"(while [ ! -e {folder["go"]} ]; do sleep 0.02; done) & exit 0";
        var process = ChildProcess.Start(
            new ProcessStart { Program = "/bin/sh", Arguments = ["-c", script], Environment = new Dictionary<string, string>() }, time);
        await process.Ended.WaitAsync(Eventually.Deadline);
        await Eventually.ShouldBeAsync(() => time.Waiting == 1, "it waits for the clock");
        folder.Write("go", "");
        await Eventually.ShouldBeAsync(() => !ProcessTable.GroupIsAlive(process.Id), "the rest of the group has ended");
        process.GroupEnded.IsCompleted.ShouldBeFalse();
        time.Fire();
        await process.GroupEnded.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public void A_deadline_passes_by_the_given_clock()
    {
        var time = new ManualTime();
        using var deadline = new Deadline(TimeSpan.FromSeconds(1), time, CancellationToken.None);
        deadline.Token.IsCancellationRequested.ShouldBeFalse();
        time.Fire();
        deadline.Token.IsCancellationRequested.ShouldBeTrue();
    }
}
