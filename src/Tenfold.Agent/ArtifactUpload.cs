using Tenfold.Agent.Preparation;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>Keeps what an attempt made: its model, its other results, and what it wrote to its working folder.</summary>
/// <remarks>The last is for scripts that save to where they stand: nothing that a run made is lost because it lay in the wrong folder.</remarks>
public static class ArtifactUpload
{
    private static readonly string[] Caches = ["__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".mypy_cache", ".ruff_cache"];

    /// <summary>Moves it into the store.</summary>
    /// <returns>A warning for each file that could not be kept.</returns>
    public static async Task<IReadOnlyList<string>> KeepAsync(IStore store, string attempt, Workspace workspace, IReadOnlyList<string> exclude)
    {
        var changed = workspace.Changed().Where(path => !path.Split('/').Any(Caches.Contains)).ToHashSet();
        var excluded = new ExcludePatterns(exclude);
        var manifest = await new ArtifactPublisher(store).PublishAsync(
            attempt,
            [
                new ArtifactFolder("model", workspace.Model),
                new ArtifactFolder("output", workspace.Output),
                new ArtifactFolder("work", workspace.Code) { Filter = path => changed.Contains(path) && !excluded.IsExcluded(path) },
            ],
            CancellationToken.None);
        return [.. manifest.Skipped.Where(left => !left.Path.StartsWith("work/", StringComparison.Ordinal)).Select(left => $"{left.Path} was not kept: {left.Reason}")];
    }
}
