using Tenfold.EndToEnd.Tests.Parts;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.EndToEnd.Tests;

/// <summary>Ten concurrent commands, each a controller, share a PostgreSQL ledger and a cluster.</summary>
public sealed class Ten_commands_control_the_same_runs(Cloud cloud) : IClassFixture<Cloud>
{
    private const int Commands = 10, Runs = 15;

    [Fact]
    public async Task Each_attempt_is_submitted_once()
    {
        // With so short a queue the runs are submitted bit by bit, each time by the first controller that comes.
        await using var place = cloud.Project(target: ", max_queued: 3");
        place.Write("train.sh", $"echo $TENFOLD_RUN >> {place.Outside}/ran\n{Sandbox.SeedScript}");
        cloud.UseDatabase(place);
        var group = (await place.Run("fit", "--detach", "--json", "--on", "cluster", "--repeat", $"{Runs}")).With(0).Json[0].Group();
        var rounds = 0;
        await Task.WhenAll(Enumerable.Range(0, Commands).Select(async _ =>
        {
            bool hasEnded;
            do
            {
                var runs = (await place.Run("runs", "--json", "--limit", $"{Runs}")).With(0).Json;
                Interlocked.Increment(ref rounds);
                hasEnded = runs.EnumerateArray().All(run => run.State() is "succeeded" or "failed" or "cancelled");
            }
            while (!hasEnded);
        }));

        rounds.ShouldBeGreaterThanOrEqualTo(2 * Commands, "the commands ran concurrently");
        var ended = await place.RunsUntilAllEnded();
        ended.Count.ShouldBe(Runs);
        ended.ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 1);
        place.Lines("ran").Order().ToArray().ShouldBe([.. ended.Select(run => run.Id()).Order()]);
        // Slurm's records have each attempt in one array, and in no second array whose job found the attempt claimed.
        var lines = cloud.Cluster.Run("squeue", "--noheader", "--states=all", "--format=%F %k");
        var arrays = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2)).DistinctBy(array => array[0]);
        var submitted = arrays.Select(array => JobLabel.Read(array[1].Trim())).OfType<JobLabel>().SelectMany(label => label.Attempts)
            .Where(attempt => attempt.StartsWith(group, StringComparison.Ordinal));
        submitted.Order().ToArray().ShouldBe([.. ended.Select(run => $"{run.Id()}-1").Order()]);
        await Until.True(() => cloud.Jobs().Length == 0, "no job is left");
        (await place.Run("gc", "--json")).With(0).Json.GetArrayLength().ShouldBe(0);
    }
}
