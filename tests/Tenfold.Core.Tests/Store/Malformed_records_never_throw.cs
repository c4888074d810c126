using Tenfold.Core.Artifacts;
using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Data;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Tests.Store;

/// <summary>What lies in a store may be damaged or hostile.</summary>
public sealed class Malformed_records_never_throw
{
    private static readonly string[] Pieces =
        ["{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e999", "99999999999999999999", "\"\"", "\"..\"", "\"/a\"",
            "\\u0000", "\\ud800", "\"files\":", "\"path\":", "\"sha256\":", "\"link\":\"../x\"", "\"sizeBytes\":", "\"schema\":2"];

    private static readonly string Sha256 = new('a', 64);

    [Fact]
    public async Task A_manifest_of_a_store_is_read_or_refused()
    {
        var seeds = new[]
        {
            new SnapshotManifest { Files = [File("a/b.py"), Link("l", "a/b.py")] }.ToJson(),
            new DataManifest { IsFolder = true, Files = [new DataFile("x", 1, Sha256)] }.ToJson(),
            new ArtifactManifest { Files = [new ArtifactFile { Path = "model/w", SizeBytes = 1, Sha256 = Sha256 }] }.ToJson(),
            new CheckpointSet
            {
                SavedAt = DateTimeOffset.UnixEpoch,
                Files = [new CheckpointFile { Path = "c", SizeBytes = 1, Sha256 = Sha256, Stored = 1 }],
            }.ToJson(),
        };
        var (read, refused) = (0, 0);
        await Mutations.CheckAsync(seeds, Pieces, 4_000, input =>
        {
            string[][] found =
            [
                Paths(SnapshotManifest.FromJson(input)?.Files, file => file.Path),
                Paths(DataManifest.FromJson(input)?.Files, file => file.Path),
                Paths(CheckpointSet.FromJson(input)?.Files, file => file.Path),
            ];
            var artifacts = ArtifactManifest.FromJson(input);
            if (artifacts is not null || found.Any(paths => paths.Length > 0)) read++;
            else refused++;
            foreach (var path in found.SelectMany(paths => paths)) Path.GetFullPath(path, "/root").ShouldStartWith("/root/");
            return Task.CompletedTask;
        });
        read.ShouldBeGreaterThan(100);
        refused.ShouldBeGreaterThan(100);
    }

    [Fact]
    public Task A_record_of_a_log_is_read_or_refused() => Mutations.CheckAsync(
        ["1795957365210 o text of a script", "0 E \u20ac", "253402300799999 t [tenfold]"],
        [" ", "-", "99999999999999999999", "o", "\n"], 4_000, input => LogLine.Parse(input)?.Text.ShouldNotBeNull());

    private static string[] Paths<T>(IReadOnlyList<T>? files, Func<T, string> path) => [.. (files ?? []).Select(path)];

    private static SnapshotFile File(string path) => new() { Path = path, SizeBytes = 3, Sha256 = Sha256 };

    private static SnapshotFile Link(string path, string target) => new() { Path = path, Link = target };
}
