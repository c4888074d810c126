namespace Tenfold.Cli.Tests.Crashes;

public sealed class Concurrent_commands
{
    [Fact]
    public async Task Start_no_attempt_twice()
    {
        await using var place = new Sandbox();
        place.Toy($"echo $TENFOLD_ATTEMPT >> {place.Outside}/ran\n{Sandbox.SeedScript}");
        Command[] commands =
        [
            place.Start("fit", "--json", "--repeat", "8"), place.Start("fit", "--json", "--repeat", "8"),
            place.Start("fit", "--detach", "--repeat", "4"), place.Start("runs"), place.Start("runs"), place.Start("runs", "--json"),
            place.Start("runs", "--groups"), place.Start("doctor"),
        ];
        foreach (var command in commands)
        {
            (await command.EndAsync()).With(0);
            command.Dispose();
        }

        var runs = await place.RunsUntilAllEnded();
        runs.Count.ShouldBe(20);
        runs.ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 1);
        place.Lines("ran").Order().ShouldBe(runs.Select(run => $"{run.Id()}-1").Order());
    }

    [Fact]
    public async Task Can_cancel_and_retry_the_same_runs()
    {
        await using var place = new Sandbox();
        place.Toy($"echo $TENFOLD_ATTEMPT >> {place.Outside}/ran\n{Sandbox.SeedScript}");
        var fit = (await place.Run("fit", "--detach", "--json", "--repeat", "6", "--parallel", "1")).With(0).Json[0];
        using var cancel = place.Start("cancel", fit.Group());
        using var again = place.Start("cancel", fit.Group());
        (await cancel.EndAsync()).With(0);
        (await again.EndAsync()).With(0);
        await place.RunsUntilAllEnded();
        using var retry = place.Start("retry", fit.Group());
        using var second = place.Start("retry", fit.Group());
        Ended[] ended = [await retry.EndAsync(), await second.EndAsync()];
        ended.ShouldAllBe(one => one.ExitCode == 0 || one.Error.Contains("nothing to retry"));
        var runs = await place.RunsUntilAllEnded();
        runs.ShouldAllBe(run => run.State() == "succeeded");
        var lines = place.Lines("ran");
        lines.Distinct().Count().ShouldBe(lines.Length, "no attempt runs twice");
    }

    [Fact]
    public async Task Create_a_new_ledger_once()
    {
        await using var place = new Sandbox();
        var commands = Enumerable.Range(0, 6).Select(_ => place.Start("runs", "--json")).ToList();
        foreach (var command in commands)
        {
            (await command.EndAsync()).With(0).Out.ShouldBe("[]\n");
            command.Dispose();
        }
    }
}
