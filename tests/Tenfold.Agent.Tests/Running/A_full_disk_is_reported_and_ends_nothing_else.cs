using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Running;

public sealed class A_full_disk_is_reported_and_ends_nothing_else : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("/log/")]
    [InlineData("/series/")]
    public async Task A_run_whose_output_cannot_be_stored_continues_with_a_warning(string folder)
    {
        Refuse((key, _) => key.Contains(folder));
        var report = await _machine.RunAsync("""echo '{"metric":"loss","value":1}'; echo weights > $TENFOLD_MODEL_DIR/m""");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        report.Warnings.ShouldHaveSingleItem().ToString().ShouldBe("the disk is full: free space");
        (await _machine.KeptAsync("model/m")).ShouldBe("weights\n");
        (await _machine.MetricsAsync())["loss"].Last.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(3, "exit code 3\n")]
    public async Task A_run_whose_results_cannot_be_stored_fails_and_leaves_them_in_place(int code, string first)
    {
        Refuse((key, _) => key.Contains("/artifacts/"), isFull: false);
        var report = await _machine.RunAsync($"echo weights > $TENFOLD_MODEL_DIR/m; exit {code}");
        (report.State, report.ExitCode).ShouldBe((AttemptState.Failed, code));
        report.Reason.Words().ShouldNotBeNull()
            .ShouldStartWith(first + "its results could not be stored: the disk is full: free space They are still in ");
        File.ReadAllText(_machine.Folder["home/work/"] + _machine.Attempt() + "/model/m").ShouldBe("weights\n");
    }

    [Fact]
    public async Task Results_are_stored_as_soon_as_there_is_room()
    {
        var refused = 0;
        Refuse((key, _) => key.Contains("/artifacts/") && refused++ < 3);
        var report = await _machine.RunAsync("echo weights > $TENFOLD_MODEL_DIR/m");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        refused.ShouldBeGreaterThan(3);
        (await _machine.KeptAsync("model/m")).ShouldBe("weights\n");
    }

    [Fact]
    public async Task A_start_that_cannot_be_reported_does_not_end_the_run()
    {
        Refuse((key, content) =>
            key.EndsWith("state.json", StringComparison.Ordinal) && Encoding.UTF8.GetString(content.Span) is var text
                && text.Contains("\"process\"") && !text.Contains("\"endedAt\""));
        var report = await _machine.RunAsync("echo hello");
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe(["hello"]);
    }

    [Fact]
    public async Task An_end_is_reported_as_soon_as_there_is_room_while_other_runs_continue()
    {
        var isFull = true;
        Refuse((key, content) => isFull && key == AttemptKeys.State("aaa00000-1-1")
            && Encoding.UTF8.GetString(content.Span).Contains("\"endedAt\""));
        var spec = await _machine.SpecAsync("true");
        _machine.Queue.Add(_machine.Assign(spec, group: "aaa00000"));
        _machine.Queue.Add(_machine.Assign(spec, group: "bbb00000"));
        var served = _machine.ServeAsync();
        await Eventually.ShouldBeAsync(() => _machine.Report("bbb00000-1-1")?.State == AttemptState.Succeeded, "the other ends");
        _machine.Report("aaa00000-1-1")?.State.ShouldBe(AttemptState.Running);
        isFull = false;
        await served;
        (await _machine.ReportAsync("aaa00000-1-1")).State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task An_agent_that_must_end_before_that_leaves_the_report_to_the_next_one()
    {
        var refused = 0;
        var isFull = true;
        Refuse((key, content) =>
            isFull && key == AttemptKeys.State(_machine.Attempt()) && Encoding.UTF8.GetString(content.Span).Contains("\"endedAt\"")
                && ++refused > 0);
        using var end = new CancellationTokenSource();
        _machine.Queue.Add(_machine.Assign(await _machine.SpecAsync("true")));
        var served = _machine.ServeAsync(end.Token);
        await Eventually.ShouldBeAsync(() => refused > 0, "the end is refused");
        await end.CancelAsync();
        await served;
        _machine.Queue.Running().ShouldHaveSingleItem().Attempt.ShouldBe(_machine.Attempt());
        isFull = false;
        await _machine.ServeAsync();
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Lost);
        (await _machine.ReportAsync(_machine.Attempt(2))).State.ShouldBe(AttemptState.Succeeded);
    }

    private void Refuse(Func<string, ReadOnlyMemory<byte>, bool> refuses, bool isFull = true) =>
        _machine.Settings = _machine.Settings with { Store = new FullStore(_machine.Store, refuses) { IsFull = isFull } };
}
