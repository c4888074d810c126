using System.Text.Json;
using Tenfold.Aws.S3;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;

namespace Tenfold.Bench;

/// <summary>Writes an attempt into a store, as a target does before it submits one, and prints the attempt's name.</summary>
internal static class AttemptWriter
{
    public static async Task RunAsync(string url, string project, string cache, string command)
    {
        using var store = S3Store.Open(url);
        var outcome = await new SnapshotTaker(store, cache, TimeProvider.System).TakeAsync(
            new SnapshotRequest { Root = project }, CancellationToken.None);
        var snapshot = outcome.Match(
            stored => stored.Snapshot.Id, refused => throw new InvalidOperationException(refused.Faults[0].Message));
        var assignment = new Assignment
        {
            Group = RunNames.NewGroup(),
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Repeat = 1,
            Seed = 1,
            Spec = new WorkSpec
            {
                Project = "bench",
                Snapshot = snapshot,
                Command = command,
                Environment = new EnvironmentSpec("requirements", "requirements.txt", "aa"),
                Parameters = JsonElement.Parse("{}"),
            },
        };
        await store.WriteAsync(
            AttemptKeys.Assignment(assignment.Attempt), JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment),
            CancellationToken.None);
        Console.WriteLine(assignment.Attempt);
    }
}
