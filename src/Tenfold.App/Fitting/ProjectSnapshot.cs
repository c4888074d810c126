using Tenfold.Core.Input;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>Takes the snapshot of a project, and says what a user should know about it.</summary>
internal sealed class ProjectSnapshot
{
    private const int MostNamed = 5;
    private readonly Services _services;
    private readonly LocatedProject _located;
    private readonly string[] _needed;
    private readonly string[] _outputs;

    /// <summary>Makes it ready to take the snapshot of a project.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="located">The project.</param>
    /// <param name="environmentFile">The file that describes its environment; null for none.</param>
    public ProjectSnapshot(Services services, LocatedProject located, string? environmentFile)
    {
        (_services, _located) = (services, located);
        _needed = [.. new[] { located.Project.Train.Script, environmentFile }.OfType<string>()];
        var exclude = new ExcludePatterns(located.Project.Train.Exclude);
        // Unless the project needs them, or includes them.
        _outputs =
        [
            .. services.Outputs.Below(located.Folder).Where(path =>
                !_needed.Any(file => file == path || file.StartsWith(path + "/", StringComparison.Ordinal))
                && !exclude.IsTakenIn(path, Directory.Exists(Path.Combine(located.Folder, path)))),
        ];
    }

    /// <summary>True to compute the snapshot and store nothing.</summary>
    public bool IsTrial { get; init; }

    /// <summary>Takes the snapshot.</summary>
    /// <param name="store">Where it is stored.</param>
    /// <param name="data">The project's channels, which are pinned by their own hashes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The snapshot; or BadInput: files can't be pinned, or a file that the run needs is left out.</returns>
    public async Task<Outcome<SnapshotOutcome.Stored>> TakeAsync(
        IStore store, IReadOnlyDictionary<string, DataSpec> data, CancellationToken cancellationToken)
    {
        // The folder that Tenfold writes to must not be part of what it pins.
        var home = Path.GetRelativePath(_located.Folder, _services.Home);
        var excluded = data.Values.Select(channel => channel.Link).OfType<string>().Append(home).Where(SafePath.IsInside);
        var request = new SnapshotRequest
        {
            Root = _located.Folder,
            HomeFolder = _services.Session.HomeFolder,
            Exclude = _located.Project.Train.Exclude,
            ExcludedPaths = [.. excluded, .. _outputs],
            IsTrial = IsTrial,
        };
        var outcome = await new SnapshotTaker(store, _services.Index, _services.Time).TakeAsync(request, cancellationToken);
        return outcome.Match<Outcome<SnapshotOutcome.Stored>>(
            taken => NotPinned(taken) is { } fault ? Refusal.BadInput(fault) : taken,
            refused => Refusal.BadInput(string.Join("\n  ", refused.Faults.Select(fault => fault.Message))));
    }

    /// <summary>What a user should know about the snapshot: what is left out, and what should perhaps be.</summary>
    public IReadOnlyList<string> Notes(SnapshotOutcome.Stored taken)
    {
        var notes = new List<string>();
        if (taken.Warning is { } warning) notes.Add(warning);
        if (taken.Skipped.Count > 0)
            notes.Add($"sockets, pipes and devices are left out of the snapshot: {Named(taken.Skipped)}");
        if (taken.Credentials is [var first, ..])
        {
            notes.Add(
                $"left out of the snapshot, because credentials don't belong there: {Named(taken.Credentials)}. Name variables under " +
                $"`secrets`, or include a file with exclude: [ \"!{first}\" ]");
        }

        if (taken.Suspects is [_, ..])
        {
            notes.Add(
                $"{Named(taken.Suspects)} {(taken.Suspects.Count == 1 ? "looks" : "look")} like a secret and " +
                $"{(taken.Suspects.Count == 1 ? "is" : "are")} in the snapshot, which everybody who can read the store can read: leave " +
                $"{(taken.Suspects.Count == 1 ? "it" : "them")} out with `exclude`, and pass secrets with `secrets`");
        }

        if (taken.Excluded.Intersect(_outputs).Order(StringComparer.Ordinal).ToList() is [var output, ..] outputs)
        {
            notes.Add(
                $"left out of the snapshot, because tenfold wrote {(outputs.Count == 1 ? "it" : "them")}: {Named(outputs)}. Include one " +
                $"with exclude: [ \"!{output}\" ]");
        }

        return notes;
    }

    private string? NotPinned(SnapshotOutcome.Stored taken)
    {
        if (_needed.Length == 0 || _needed.Except(taken.Paths, StringComparer.Ordinal).FirstOrDefault() is not { } missing) return null;
        var path = Path.Combine(_located.Folder, missing);
        if (PlainFile.Is(path))
        {
            return $"{missing} is left out of the snapshot by .gitignore or train.exclude, but the run needs it: "
                + $"include it with exclude: [ \"!{missing}\" ]";
        }

        return Path.Exists(path) ? $"{missing} is a folder, a pipe or a device, and the run needs a file: correct its path in tenfold.yaml"
            : $"{missing} is not in {_located.Folder}: correct its path in tenfold.yaml, or create it";
    }

    private static string Named(IReadOnlyList<string> paths)
    {
        var named = string.Join(", ", paths.Take(MostNamed).Select(path => Excerpt.Bare(path, longest: 200)));
        return paths.Count > MostNamed ? $"{named} and {paths.Count - MostNamed} more" : named;
    }
}
