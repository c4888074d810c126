using Tenfold.Agent.Preparation;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>Uploads what an attempt made: its model, its other results, and the files that it wrote to its working folder.</summary>
/// <remarks>
/// Many scripts save to the folder that they run in. Uploading that too means that no result is lost because it lies in the wrong folder.
/// </remarks>
public static class ArtifactUpload
{
    // More warnings than these say nothing to a person; the manifest names every file.
    private const int MostWarnings = 10;

    private static readonly string[] Caches = ["__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".mypy_cache", ".ruff_cache"];

    /// <summary>Moves the files into the store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="workspace">Its folders.</param>
    /// <param name="exclude">Patterns of files in the working folder that are not uploaded.</param>
    /// <returns>A warning for each result that could not be uploaded.</returns>
    public static async Task<IReadOnlyList<Warning>> RunAsync(
        IStore store, string attempt, Workspace workspace, IReadOnlyList<string> exclude)
    {
        var isChanged = workspace.FindChanges();
        var excluded = new ExcludePatterns(exclude);
        var manifest = await new ArtifactPublisher(store).PublishAsync(
            attempt,
            [
                new ArtifactFolder("model", workspace.Model) { IsKept = workspace.KeepsModel },
                new ArtifactFolder("output", workspace.Output) { IsKept = workspace.KeepsOutput },
                new ArtifactFolder("work", workspace.Code)
                {
                    Filter = path => !path.Split('/').Any(Caches.Contains) && !excluded.IsExcluded(path) && isChanged(path),
                },
            ],
            CancellationToken.None);
        IEnumerable<Warning> named = manifest.Skipped.Take(MostWarnings)
            .Select(skipped => new Warning.FileNotStored(skipped.Path, skipped.Reason));
        var more = manifest.Skipped.Count - MostWarnings;
        return [.. more > 0 ? named.Append(new Warning.MoreFilesNotStored(more)) : named];
    }
}
