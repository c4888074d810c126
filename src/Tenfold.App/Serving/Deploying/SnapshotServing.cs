using Tenfold.App.Targets;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Projects;

namespace Tenfold.App.Serving.Deploying;

/// <summary>The <c>serve</c> part of a run's snapshot, with the files that it names.</summary>
/// <param name="Serve">The part.</param>
/// <param name="Input">The JSON Schema of one request; null without one.</param>
/// <param name="Sample">The body of one request; null without one.</param>
internal sealed record SnapshotServing(ServePart Serve, string? Input, byte[]? Sample)
{
    /// <summary>Reads it from a run's snapshot.</summary>
    /// <param name="store">The store of the snapshot.</param>
    /// <param name="snapshot">The snapshot's id.</param>
    /// <param name="folder">A new folder, which the caller removes.</param>
    /// <param name="run">The run, for messages.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// The part; or a refusal: the snapshot is missing or damaged, its <c>tenfold.yaml</c> has faults or no <c>serve</c> part, or a file is
    /// missing.
    /// </returns>
    public static async Task<Outcome<SnapshotServing>> ReadAsync(
        IStore store, string snapshot, string folder, string run, CancellationToken cancellationToken)
    {
        if ((await new SnapshotReader(store).ExtractAsync(snapshot, folder, cancellationToken)).Fault is { } broken)
            return Refusal.Damaged($"the snapshot of {run} can't be read: {broken}");
        var yaml = Path.Combine(folder, ProjectFinder.FileName);
        if (!File.Exists(yaml)) return NoServePart(run);
        var read = new ProjectReader(TargetKinds.Declarations).ReadFile(yaml, $"{ProjectFinder.FileName} of {run}");
        if (read.Value is not { } project) return Refusal.BadInput([.. read.Faults.Select(fault => $"{fault}")]);
        if (project.Serve is not { } serve) return NoServePart(run);
        foreach (var (key, file) in new[] { ("input", serve.Input), ("sample", serve.Sample) })
        {
            if (file is not null && !File.Exists(Path.Combine(folder, file)))
                return Refusal.BadInput($"`{key}` of serve names {file}, which the snapshot of {run} does not have: is it ignored by git?");
        }

        var input = serve.Input is null ? null : await File.ReadAllTextAsync(Path.Combine(folder, serve.Input), cancellationToken);
        var sample = serve.Sample is null ? null : await File.ReadAllBytesAsync(Path.Combine(folder, serve.Sample), cancellationToken);
        if (JsonFault(input) is { } fault) return Refusal.BadInput($"{serve.Input} of {run} is no JSON: {fault}");
        return new SnapshotServing(serve, input, sample);
    }

    private static Refusal NoServePart(string run) => Refusal.BadInput(
        $"the tenfold.yaml of {run} has no serve part: add one, such as `serve: {{ command: python serve.py }}`, and run it again "
        + $"(`tenfold fit --like {run}` repeats a run). `tenfold init --serve` writes a serve.py to start from");

    private static string? JsonFault(string? text)
    {
        try
        {
            if (text is not null) System.Text.Json.JsonDocument.Parse(text).Dispose();
            return null;
        }
        catch (System.Text.Json.JsonException e)
        {
            return e.Message;
        }
    }
}
