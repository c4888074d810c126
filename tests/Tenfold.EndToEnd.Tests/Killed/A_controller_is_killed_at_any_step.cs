using System.Collections.Concurrent;
using Tenfold.Core.Garbage;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.EndToEnd.Tests.Parts;
using Tenfold.Sql;

namespace Tenfold.EndToEnd.Tests.Killed;

/// <summary>
/// A controller is killed with SIGKILL at each of its calls to a real ledger, store and cluster. The next controller must bring every run
/// to one end.
/// </summary>
public sealed class A_controller_is_killed_at_any_step(Cloud cloud) : IClassFixture<Cloud>, IDisposable
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private int _scenes;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_run_executes_once_and_is_recorded_once(bool onPostgres)
    {
        // The agent is delivered in advance, so that all controllers make the same calls.
        await Make(onPostgres).Bundle().PutInFolderAsync(_folder["shared"], CancellationToken.None);
        var calls = await RehearseAsync(Make(onPostgres));
        calls.Select(call => call.Name).Distinct().Order().ShouldBe(
        [
            "ApplyAsync", "GetFactsAsync", "ListJobsAsync", "ListLiveAttemptsAsync", "ListPartitionsAsync", "PutInFolderAsync", "ReadAsync",
            "ReadIdAsync", "ReleaseAsync", "SubmitAsync", "TryAcquireLeaseAsync", "TryCreateAsync",
        ]);

        var survived = new ConcurrentBag<Call>();
        // Between two calls, a controller changes nothing outside of its process. So a kill before a call also stands for a kill after the
        // call before it.
        var points = calls.Select(call => (call, after: false)).Append((calls[^1], after: true));
        // The databases differ in the ledger's calls only.
        if (onPostgres) points = points.Where((_, at) => IsOfLedger(at) || IsOfLedger(at - 1));
        await Parallel.ForEachAsync(points, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (point, _) =>
        {
            var (call, after) = point;
            var scene = Make(onPostgres);
            using var database = Databases.Open(scene.Ledger, "", TimeProvider.System);
            var ledger = new SqlLedger(database, WorkKey.OfHome(scene.Folder));
            var group = await scene.RecordGroupAsync(ledger);
            if (!await new Victim(scene, group, call, after).RunAsync()) survived.Add(call);
            await EndAsync(scene, ledger, group);
        });

        // In the second round, the pace of the agents decides how many reads and writes there are.
        survived.ShouldAllBe(call => (call.Name == "ReadAsync" || call.Name == "ApplyAsync") && call.Nth > 2);

        bool IsOfLedger(int at) => calls.ElementAtOrDefault(at) is { } call && typeof(ILedger).GetMethod(call.Name) is not null;
    }

    // The calls of a controller that is not killed.
    private async Task<IReadOnlyList<Call>> RehearseAsync(Scene scene)
    {
        using var database = Databases.Open(scene.Ledger, "", TimeProvider.System);
        var ledger = new SqlLedger(database, WorkKey.OfHome(scene.Folder));
        var group = await scene.RecordGroupAsync(ledger);
        (await new Victim(scene, group, Call.Never, After: false).RunAsync()).ShouldBeFalse();
        await EndAsync(scene, ledger, group);
        var names = await File.ReadAllLinesAsync(scene.Calls);
        return [.. names.Select((name, at) => new Call(name, names.Take(at + 1).Count(other => other == name)))];
    }

    [Fact]
    public async Task Each_run_executes_once_when_sbatch_has_submitted_but_not_answered()
    {
        var scene = Make(onPostgres: false);
        scene = scene with { Programs = Programs(scene, "/usr/bin/sbatch \"$@\" > /dev/null; kill -9 $PPID") };
        await KillAtSbatchAsync(scene, () => Task.CompletedTask);
    }

    [Fact]
    public async Task Each_run_executes_once_when_a_late_sbatch_submits_the_runs_again()
    {
        var scene = Make(onPostgres: false);
        var (script, go, done) = ($"{scene.Folder}/script", $"{scene.Folder}/go", $"{scene.Folder}/done");
        scene = scene with
        {
            Programs = Programs(
                scene,
                $"""
                cat > {script}
                kill -9 $PPID
                while [ ! -e {go} ]; do sleep 0.05; done
                /usr/bin/sbatch "$@" < {script} > {scene.Folder}/job
                touch {done}
                """),
        };
        await KillAtSbatchAsync(scene, async () =>
        {
            await File.WriteAllTextAsync(go, "");
            await Until.True(() => File.Exists(done), "the late sbatch has ended");
            (await File.ReadAllTextAsync($"{scene.Folder}/job")).ShouldNotBeEmpty("Slurm accepted the job");
        });
    }

    private async Task KillAtSbatchAsync(Scene scene, Func<Task> late)
    {
        using var database = Databases.Open(scene.Ledger, "", TimeProvider.System);
        var ledger = new SqlLedger(database, WorkKey.OfHome(scene.Folder));
        var group = await scene.RecordGroupAsync(ledger);
        (await new Victim(scene, group, Call.Never, After: false).RunAsync()).ShouldBeTrue("sbatch killed the controller");
        scene = scene with { Programs = null };
        await EndAsync(scene, ledger, group);
        await late();
        await EndAsync(scene, ledger, group);
    }

    // A folder with Slurm's commands, except that sbatch is this script.
    private static string Programs(Scene scene, string sbatch)
    {
        var folder = Directory.CreateDirectory($"{scene.Folder}/programs").FullName;
        foreach (var name in new[] { "squeue", "scontrol", "scancel", "sacct" })
            File.CreateSymbolicLink($"{folder}/{name}", $"/usr/bin/{name}");
        File.WriteAllText($"{folder}/sbatch", $"#!/bin/sh\n{sbatch}\n");
        File.SetUnixFileMode($"{folder}/sbatch", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    // Runs another controller to the end, and checks the result.
    private async Task EndAsync(Scene scene, SqlLedger ledger, string group)
    {
        var controller = scene.CreateController(ledger, scene.Slurm(), scene.Store(), scene.Bundle());
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            (await controller.ReconcileAsync(CancellationToken.None)).Faults.ShouldBeEmpty();
            if ((await ledger.ListLiveAttemptsAsync(CancellationToken.None)).Count == 0) break;
            if (TimeProvider.System.GetElapsedTime(since) > Deadline) throw new TimeoutException($"the runs of {group} have not ended");
            await Task.Delay(200);
        }

        string[] names = [.. Enumerable.Range(1, Scene.Runs).Select(i => RunNames.Run(group, i))];
        var runs = await ledger.ListRunsAsync(group, CancellationToken.None);
        var events = await DescribeAsync(ledger, names, scene);
        runs.Where(run => run.Run is not { State: RunState.Succeeded, Attempts: 1 }).ShouldBeEmpty(events);
        runs.Select(run => run.Run.Id).ShouldBe(names);
        (await File.ReadAllLinesAsync(scene.Ran)).Order().ToArray().ShouldBe(names, "each run executed once");
        foreach (var name in names)
        {
            (await ledger.ListAttemptsAsync(name, CancellationToken.None)).ShouldHaveSingleItem();
            var kinds = (await ledger.ListEventsAsync(name, CancellationToken.None)).Select(entry => entry.Kind);
            var states = kinds.Where(kind => kind is "queued" or "running" or "succeeded").ToList();
            states.ShouldBeUnique();
            states[^1].ShouldBe("succeeded");
        }

        await Until.True(() => !cloud.Jobs().Any(job => job.Contains(group, StringComparison.Ordinal)), "no job is left");
        var garbage = await new GarbageFinder(ledger, scene, TimeProvider.System).FindAsync(
            await ledger.ReadIdAsync(CancellationToken.None), [scene.Store()], checkpoints: null, new Retention(), CancellationToken.None);
        (garbage.Items.Count, garbage.Faults.Count).ShouldBe((0, 0));
    }

    // The runs' events and the killed controller's calls, for the message of a failure.
    private static async Task<string> DescribeAsync(SqlLedger ledger, string[] runs, Scene scene)
    {
        var lines = new List<string>();
        foreach (var run in runs)
        {
            var events = await ledger.ListEventsAsync(run, CancellationToken.None);
            lines.AddRange(events.Select(entry => $"{entry.At:HH:mm:ss.fff} {entry.Subject} {entry.Kind} {entry.Detail}"));
        }

        return string.Join('\n', [.. lines, .. File.Exists(scene.Calls) ? await File.ReadAllLinesAsync(scene.Calls) : []]);
    }

    private Scene Make(bool onPostgres)
    {
        var folder = _folder[$"{Interlocked.Increment(ref _scenes)}"];
        Directory.CreateDirectory(folder);
        var ledger = onPostgres ? cloud.Database.Url(cloud.Database.Create()) : $"{folder}/ledger.db";
        return new Scene(folder, ledger, _folder["shared"], cloud.Cluster.Configuration);
    }
}
