using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Running;

public sealed class A_full_disk_is_said_and_ends_nothing_else : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("/log/")]
    [InlineData("/series/")]
    public async Task When_output_cannot_be_kept_the_run_goes_on_with_a_warning(string folder)
    {
        Refuse((key, _) => key.Contains(folder));
        var report = await _machine.RunAsync("""echo '{"metric":"loss","value":1}'; echo weights > $TENFOLD_MODEL_DIR/m""");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason);
        report.Warnings.ShouldHaveSingleItem().ShouldBe("the disk is full: free space");
        (await _machine.KeptAsync("model/m")).ShouldBe("weights\n");
        (await _machine.MetricsAsync())["loss"].Last.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(3, "exit code 3\n")]
    public async Task When_results_cannot_be_kept_the_run_fails_says_both_and_leaves_them_where_they_are(int code, string first)
    {
        Refuse((key, _) => key.Contains("/artifacts/"));
        var report = await _machine.RunAsync($"echo weights > $TENFOLD_MODEL_DIR/m; exit {code}");
        (report.State, report.ExitCode).ShouldBe((AttemptState.Failed, code));
        report.Reason.ShouldNotBeNull().ShouldStartWith(first + "its results could not be kept: the disk is full: free space They are still in ");
        File.ReadAllText(_machine.Folder["home/work/"] + _machine.Attempt() + "/model/m").ShouldBe("weights\n");
    }

    [Fact]
    public async Task When_the_start_cannot_be_reported_nothing_runs_on_unwatched()
    {
        Refuse((key, content) => key.EndsWith("state.json", StringComparison.Ordinal) && Encoding.UTF8.GetString(content.Span).Contains("\"process\"") && !Encoding.UTF8.GetString(content.Span).Contains("\"endedAt\""));
        var report = await _machine.RunAsync("setsid sleep 1000 & sleep 1000");
        (report.State, report.Ending).ShouldBe((AttemptState.Failed, Ending.NotStarted));
        report.Reason.ShouldBe("the disk is full: free space");
        ProcessTable.KillMarked(QueueWork.Marker, _machine.Attempt()).ShouldBe(0);
    }

    [Fact]
    public async Task When_the_end_cannot_be_reported_the_others_go_on_and_the_next_who_looks_brings_it_to_an_end()
    {
        var isFull = true;
        Refuse((key, _) => isFull && key == AttemptKeys.State("aaa00000-1-1"));
        var spec = await _machine.SpecAsync("true");
        _machine.Queue.Add(_machine.Assign(spec, group: "aaa00000"));
        _machine.Queue.Add(_machine.Assign(spec, group: "bbb00000"));
        await _machine.ServeAsync();
        (await _machine.ReportAsync("bbb00000-1-1")).State.ShouldBe(AttemptState.Succeeded);
        _machine.Queue.Running().ShouldHaveSingleItem().Attempt.ShouldBe("aaa00000-1-1");
        isFull = false;
        await _machine.ServeAsync();
        (await _machine.ReportAsync("aaa00000-1-1")).State.ShouldBe(AttemptState.Lost);
        (await _machine.ReportAsync("aaa00000-1-2")).State.ShouldBe(AttemptState.Succeeded);
    }

    private void Refuse(Func<string, ReadOnlyMemory<byte>, bool> refuses) => _machine.Settings = _machine.Settings with { Store = new FullStore(_machine.Store, refuses) };
}
