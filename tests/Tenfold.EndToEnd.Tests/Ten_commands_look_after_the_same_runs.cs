using Tenfold.EndToEnd.Tests.Parts;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.EndToEnd.Tests;

/// <summary>Ten processes of the program at once, on one PostgreSQL ledger and one cluster, each a controller.</summary>
public sealed class Ten_commands_look_after_the_same_runs(Cloud cloud) : IClassFixture<Cloud>
{
    private const int Commands = 10, Runs = 30;

    [Fact]
    public async Task And_each_attempt_is_submitted_once()
    {
        // Few may wait at once, so that the runs are handed over bit by bit, by whoever comes first each time.
        await using var place = cloud.Project(target: ", max_queued: 3");
        place.Write("train.sh", $"echo $TENFOLD_RUN >> {place.Outside}/ran\n{Sandbox.SeedScript}");
        cloud.UseDatabase(place);
        var group = (await place.Run("fit", "--detach", "--json", "--on", "cluster", "--repeat", $"{Runs}")).With(0).Json[0].Group();
        var looks = 0;
        await Task.WhenAll(Enumerable.Range(0, Commands).Select(async _ =>
        {
            bool hasEnded;
            do
            {
                var runs = (await place.Run("runs", "--json", "--limit", $"{Runs}")).With(0).Json;
                Interlocked.Increment(ref looks);
                hasEnded = runs.EnumerateArray().All(run => run.State() is "succeeded" or "failed" or "cancelled");
            }
            while (!hasEnded);
        }));

        looks.ShouldBeGreaterThanOrEqualTo(2 * Commands, "they were at it together");
        var ended = await place.RunsUntilAllEnded();
        ended.Count.ShouldBe(Runs);
        ended.ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 1);
        place.Lines("ran").Order().ToArray().ShouldBe([.. ended.Select(run => run.Id()).Order()]);
        // What Slurm remembers: each attempt in one array, and in no second one whose job found it taken.
        var arrays =
            cloud.Cluster.Run("squeue", "--noheader", "--states=all", "--format=%F %k").Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ', 2)).DistinctBy(array => array[0]);
        var submitted = arrays.Select(array => JobLabel.Read(array[1].Trim())).OfType<JobLabel>().SelectMany(label => label.Attempts)
            .Where(attempt => attempt.StartsWith(group, StringComparison.Ordinal));
        submitted.Order().ToArray().ShouldBe([.. ended.Select(run => $"{run.Id()}-1").Order()]);
        await Until.True(() => cloud.Jobs().Length == 0, "no job is left");
        (await place.Run("gc", "--json")).With(0).Json.GetArrayLength().ShouldBe(0);
    }
}
