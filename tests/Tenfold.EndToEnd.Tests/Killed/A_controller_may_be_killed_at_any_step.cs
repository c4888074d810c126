using System.Collections.Concurrent;
using Tenfold.Core.Garbage;
using Tenfold.Core.Runs;
using Tenfold.EndToEnd.Tests.Parts;
using Tenfold.Sql;

namespace Tenfold.EndToEnd.Tests.Killed;

/// <summary>
/// SIGKILL to a controller at each of its steps between the intent that is written and the result that is recorded, on a real ledger and a
/// real cluster; whichever controller comes next must bring every run to one end.
/// </summary>
public sealed class A_controller_may_be_killed_at_any_step(Cloud cloud) : IClassFixture<Cloud>, IDisposable
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private int _scenes;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task And_each_run_runs_once_and_is_recorded_once(bool onPostgres)
    {
        // Once, so that the kill points of all find the agent there.
        await Make(onPostgres).Bundle().InFolderAsync(_folder["shared"], CancellationToken.None);
        var calls = await RehearseAsync(Make(onPostgres));
        calls.Select(call => call.Name).Distinct().Order().ShouldBe(
        [
            "ApplyAsync", "GetFactsAsync", "IdAsync", "InFolderAsync", "ListJobsAsync", "ListPartitionsAsync", "LiveAsync",
            "ReadAsync", "ReleaseAsync", "SubmitAsync", "TryAcquireLeaseAsync", "TryCreateAsync",
        ]);

        var outlived = new ConcurrentBag<Call>();
        await Parallel.ForEachAsync(
            calls.SelectMany(call => new[] { (call, false), (call, true) }), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (point, _) =>
        {
            var (call, after) = point;
            var scene = Make(onPostgres);
            using var database = Databases.Open(scene.Ledger, "", TimeProvider.System);
            var ledger = new SqlLedger(database);
            var group = await scene.IntendAsync(ledger);
            if (!await new Victim(scene, group, call, after).RunAsync()) outlived.Add(call);
            await EndAsync(scene, ledger, group);
        });

        // In the second round the pace of the agents decides how many reads there are, and whether what they say is written at once.
        outlived.ShouldAllBe(call => (call.Name == "ReadAsync" || call.Name == "ApplyAsync") && call.Nth > 2);
    }

    // The calls of a controller that nothing happens to.
    private async Task<IReadOnlyList<Call>> RehearseAsync(Scene scene)
    {
        using var database = Databases.Open(scene.Ledger, "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        var group = await scene.IntendAsync(ledger);
        (await new Victim(scene, group, Call.Never, After: false).RunAsync()).ShouldBeFalse();
        await EndAsync(scene, ledger, group);
        var names = await File.ReadAllLinesAsync(scene.Called);
        return [.. names.Select((name, at) => new Call(name, names.Take(at + 1).Count(other => other == name)))];
    }

    [Fact]
    public async Task Also_while_sbatch_has_been_taken_and_has_not_answered()
    {
        var scene = Make(onPostgres: false);
        scene = scene with { Programs = Programs(scene, "/usr/bin/sbatch \"$@\" > /dev/null; kill -9 $PPID") };
        await KillAtSbatchAsync(scene, () => Task.CompletedTask);
    }

    [Fact]
    public async Task Also_when_its_sbatch_comes_through_after_the_next_controller_has_submitted_the_same()
    {
        var scene = Make(onPostgres: false);
        var (script, go, done) = ($"{scene.Folder}/script", $"{scene.Folder}/go", $"{scene.Folder}/done");
        scene = scene with
        {
            Programs = Programs(
            scene, $"cat > {script}; kill -9 $PPID; while [ ! -e {go} ]; do sleep 0.05; done; /usr/bin/sbatch \"$@\" < {script} > " +
                $"{scene.Folder}/job; touch {done}")
        };
        await KillAtSbatchAsync(scene, async () =>
        {
            await File.WriteAllTextAsync(go, "");
            await Until.True(() => File.Exists(done), "the late sbatch has ended");
            (await File.ReadAllTextAsync($"{scene.Folder}/job")).ShouldNotBeEmpty("it was taken");
        });
    }

    private async Task KillAtSbatchAsync(Scene scene, Func<Task> late)
    {
        using var database = Databases.Open(scene.Ledger, "", TimeProvider.System);
        var ledger = new SqlLedger(database);
        var group = await scene.IntendAsync(ledger);
        (await new Victim(scene, group, Call.Never, After: false).RunAsync()).ShouldBeTrue("sbatch killed it");
        scene = scene with { Programs = null };
        await EndAsync(scene, ledger, group);
        await late();
        await EndAsync(scene, ledger, group);
    }

    // Slurm's own commands, but for this sbatch.
    private static string Programs(Scene scene, string sbatch)
    {
        var folder = Directory.CreateDirectory($"{scene.Folder}/programs").FullName;
        foreach (var name in new[] { "squeue", "scontrol", "scancel", "sacct" })
            File.CreateSymbolicLink($"{folder}/{name}", $"/usr/bin/{name}");
        File.WriteAllText($"{folder}/sbatch", $"#!/bin/sh\n{sbatch}\n");
        File.SetUnixFileMode($"{folder}/sbatch", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    // Another controller, which nothing happens to, and what must then be so.
    private async Task EndAsync(Scene scene, SqlLedger ledger, string group)
    {
        var controller = scene.Control(ledger, scene.Slurm(), scene.Store(), scene.Bundle());
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            (await controller.ReconcileAsync(CancellationToken.None)).Faults.ShouldBeEmpty();
            if ((await ledger.LiveAsync(CancellationToken.None)).Count == 0) break;
            if (TimeProvider.System.GetElapsedTime(since) > Deadline) throw new TimeoutException($"the runs of {group} have not ended");
            await Task.Delay(200);
        }

        string[] names = [.. Enumerable.Range(1, Scene.Runs).Select(i => RunNames.Run(group, i))];
        var runs = await ledger.RunsOfAsync(group, CancellationToken.None);
        runs.Where(run => run.Run is not { State: RunState.Succeeded, Attempts: 1 }).ShouldBeEmpty(await TellAsync(ledger, names, scene));
        runs.Select(run => run.Run.Id).ShouldBe(names);
        (await File.ReadAllLinesAsync(scene.Ran)).Order().ToArray().ShouldBe(names, "each ran once");
        foreach (var name in names)
        {
            (await ledger.AttemptsOfAsync(name, CancellationToken.None)).ShouldHaveSingleItem();
            var events =
                (await ledger.EventsOfAsync(name, CancellationToken.None)).Select(happened => happened.Kind)
                    .Where(kind => kind is "queued" or "running" or "succeeded").ToList();
            events.ShouldBeUnique();
            events[^1].ShouldBe("succeeded");
        }

        await Until.True(() => !cloud.Jobs().Any(job => job.Contains(group, StringComparison.Ordinal)), "no job is left");
        var garbage = await new GarbageFinder(ledger, scene, TimeProvider.System).FindAsync(
            await ledger.IdAsync(CancellationToken.None), [scene.Store()], checkpoints: null, new Retention(), CancellationToken.None);
        (garbage.Items.Count, garbage.Faults.Count).ShouldBe((0, 0));
    }

    // What a failure is told with.
    private static async Task<string> TellAsync(SqlLedger ledger, string[] runs, Scene scene)
    {
        var lines = new List<string>();
        foreach (var run in runs)
            lines.AddRange(
                (await ledger.EventsOfAsync(run, CancellationToken.None))
                    .Select(happened => $"{happened.At:HH:mm:ss.fff} {happened.Subject} {happened.Kind} {happened.Detail}"));
        return string.Join('\n', [.. lines, .. File.Exists(scene.Called) ? await File.ReadAllLinesAsync(scene.Called) : []]);
    }

    private Scene Make(bool onPostgres)
    {
        var folder = _folder[$"{Interlocked.Increment(ref _scenes)}"];
        Directory.CreateDirectory(folder);
        return new Scene(
            folder, onPostgres ? cloud.Database.Url(cloud.Database.Create())
                : $"{folder}/ledger.db", _folder["shared"], cloud.Cluster.Configuration);
    }
}
