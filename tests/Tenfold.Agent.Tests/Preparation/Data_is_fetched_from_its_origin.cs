using Tenfold.Agent.Tests.Nodes;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Preparation;

public sealed class Data_is_fetched_from_its_origin : IDisposable
{
    private const string Show = "cd $TENFOLD_DATA_TRAIN && cat a.csv deep/b.csv && basename $TENFOLD_DATA_TRAIN";
    private readonly Machine _machine = new();
    private readonly Bucket _bucket = new() { Files = { ["a.csv"] = "1,2\n", ["deep/b.csv"] = "3,4\n" } };

    public Data_is_fetched_from_its_origin() => _machine.Settings = _machine.Settings with { Origins = _ => _bucket };

    public void Dispose() => _machine.Dispose();

    private string Cache => Path.Combine(_machine.Settings.Home, "data");

    private string Copy => Path.Combine(Directory.GetDirectories(Cache).ShouldHaveSingleItem(), "copy", "set");

    private async Task<WorkSpec> SpecAsync(string command) =>
        await _machine.SpecAsync(command) with
        {
            Data =
            new Dictionary<string, DataSpec> { ["train"] = await _bucket.PinAsync(_machine.Store) }
        };

    private async Task<AttemptReport> AgainAsync(WorkSpec spec, string group)
    {
        _machine.Queue.Add(_machine.Assign(spec, group: group));
        (await _machine.ServeAsync()).ShouldBeTrue();
        return await _machine.ReportAsync($"{group}-1-1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Data_is_fetched_on_this_machine_and_on_a_backends_machine(bool here)
    {
        var spec = await SpecAsync(Show);
        if (here) (await _machine.RunAsync(spec)).State.ShouldBe(AttemptState.Succeeded);
        else
        {
            using var node = new Node(_machine.Store);
            node.Settings = node.Settings with { Origins = _ => _bucket };
            (await node.RunAsync((await Node.SubmitAsync(_machine.Store, _machine.Assign(spec)[0])).Attempt)).ShouldBeTrue();
        }

        (await _machine.PrintedAsync()).ShouldBe(["1,2", "3,4", "set"]);
        (await _machine.LogAsync()).ShouldContain(line => line.Source == 't' && line.Text.Contains($"(2 files, 0 MB) from {Bucket.Url}"));
    }

    [Fact]
    public async Task Data_is_fetched_once_and_again_when_the_copy_has_changed()
    {
        var spec = await SpecAsync(Show);
        await _machine.RunAsync(spec with { Parallel = 3 });
        (await AgainAsync(spec, "second00")).State.ShouldBe(AttemptState.Succeeded);
        _bucket.Reads.ShouldBe(2);
        File.Delete($"{Copy}/a.csv");
        await File.WriteAllTextAsync($"{Copy}/a.csv", "9,9\n");
        (await AgainAsync(spec, "third000")).State.ShouldBe(AttemptState.Succeeded);
        (await _machine.PrintedAsync(attempt: "third000-1-1")).ShouldBe(["1,2", "3,4", "set"]);
        _bucket.Reads.ShouldBe(4);
        File.Delete(Path.Combine(Directory.GetDirectories(Cache).ShouldHaveSingleItem(), "sha256"));
        File.Delete($"{Copy}/a.csv");
        (await AgainAsync(spec, "fourth00")).State.ShouldBe(AttemptState.Succeeded);
        _bucket.Reads.ShouldBe(5);
    }

    [Fact]
    public async Task A_run_that_changes_the_copy_is_reported()
    {
        var report = await _machine.RunAsync(await SpecAsync("rm $TENFOLD_DATA_TRAIN/a.csv; echo 9 > $TENFOLD_DATA_TRAIN/a.csv"));
        report.State.ShouldBe(AttemptState.Succeeded);
        report.Warnings.ShouldHaveSingleItem().ToString().ShouldContain("channel 'train'");
    }

    [Fact]
    public async Task Replaced_data_fails_the_run_before_it_starts()
    {
        var spec = await SpecAsync("echo started");
        _bucket.Files["deep/b.csv"] = "5,6\n";
        var report = await _machine.RunAsync(spec);
        (report.State, report.Ending).ShouldBe((AttemptState.Failed, Ending.NotStarted));
        foreach (var part in new[] { "channel 'train'", "changed since the run was planned", $"{Bucket.Url}deep/b.csv",
            "the shell that started the agent" }) report.Reason.Words().ShouldNotBeNull().ShouldContain(part);
        (await _machine.PrintedAsync()).ShouldBeEmpty();
        _bucket.Files["deep/b.csv"] = "3,4\n";
        (await AgainAsync(spec, "second00")).State.ShouldBe(AttemptState.Succeeded);
    }

    [Fact]
    public async Task An_interrupted_download_resumes()
    {
        for (var i = 0; i < 40; i++) _bucket.Files[$"more/{i}"] = $"{i}\n";
        var spec = await SpecAsync("cat $TENFOLD_DATA_TRAIN/more/39");
        _bucket.Reachable = 30;
        (await _machine.RunAsync(spec)).Reason.Words().ShouldNotBeNull().ShouldContain("can't be reached");
        (await _machine.PrintedAsync()).ShouldBeEmpty();
        var (there, before) = (Directory.GetFiles(Copy, "*", SearchOption.AllDirectories).Length, _bucket.Reads);
        there.ShouldBeGreaterThan(0);
        _bucket.Reachable = int.MaxValue;
        (await AgainAsync(spec, "second00")).State.ShouldBe(AttemptState.Succeeded);
        (_bucket.Reads - before).ShouldBe(42 - there);
        (await _machine.PrintedAsync(attempt: "second00-1-1")).ShouldBe(["39"]);
    }

    [Fact]
    public async Task A_process_waits_longer_for_a_fetch_that_progresses()
    {
        var spec = await SpecAsync(Show);
        (await _machine.RunAsync(spec)).State.ShouldBe(AttemptState.Succeeded);
        var home = Directory.GetDirectories(Cache).ShouldHaveSingleItem();
        File.Delete($"{home}/sha256");
        _machine.Settings = _machine.Settings with { CacheLockTimeout = TimeSpan.FromMilliseconds(50) };
        var other = FileLock.TryAcquire($"{home}.lock").ShouldNotBeNull();
        (await AgainAsync(spec, "second00")).Reason.Words().ShouldNotBeNull().ShouldContain($"{home}.lock");
        Directory.CreateDirectory($"{home}/copy.part");
        var third = AgainAsync(spec, "third000");
        await Eventually.ShouldBeAsync(() => Waits("third000-1-1") > 2, "it waits again and again");
        other.Dispose();
        (await third).State.ShouldBe(AttemptState.Succeeded);
        Directory.Exists($"{home}/copy.part").ShouldBeFalse();
    }

    private int Waits(string attempt) =>
        _machine.LogAsync(attempt).GetAwaiter().GetResult().Count(line => line.Text.Contains("waits for another process"));

    [Fact]
    public async Task Data_without_its_list_or_its_origin_is_refused()
    {
        var spec = await SpecAsync("echo started");
        _machine.Settings = _machine.Settings with { Origins = null };
        (await _machine.RunAsync(spec)).Reason.Words().ShouldNotBeNull().ShouldContain($"can't read {Bucket.Url}");
        _machine.Settings = _machine.Settings with { Origins = _ => _bucket };
        await _machine.Store.DeleteAsync("data", CancellationToken.None);
        (await AgainAsync(spec, "second00")).Reason.Words().ShouldNotBeNull()
            .ShouldContain($"has no data/{spec.Data["train"].Hash}/manifest.json");
    }
}
