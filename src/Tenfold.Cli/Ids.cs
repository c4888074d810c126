using Tenfold.Core.Ledger;

namespace Tenfold.Cli;

/// <summary>Finds what a user means by a name or the beginning of one.</summary>
/// <param name="ledger">The ledger.</param>
internal sealed class Ids(ILedger ledger)
{
    private const int MaxShown = 8;

    /// <summary>The group or run that is meant.</summary>
    /// <exception cref="CommandException">Nothing begins so, or several things do.</exception>
    public async Task<string> AnyAsync(string prefix, CancellationToken cancellationToken)
    {
        var wanted = prefix.Trim().ToLowerInvariant();
        if (wanted.Length == 0) throw new CommandException(ExitCodes.NotFound, "an id is needed; `tenfold runs` lists them");
        var found = await ledger.FindAsync(wanted, 1000, cancellationToken);
        if (found.Count == 0)
            throw new CommandException(ExitCodes.NotFound, $"no group or run begins with '{Core.Projects.Excerpt.Bare(prefix)}'; `tenfold runs` lists them");
        if (found[0] == wanted) return wanted;
        // A group's runs begin with its name: they don't make it ambiguous.
        var candidates = wanted.Contains('-') ? found : [.. found.Where(id => !id.Contains('-'))];
        if (candidates.Count == 1) return candidates[0];
        var shown = string.Join(", ", candidates.Take(MaxShown));
        throw new CommandException(
            ExitCodes.NotFound, $"'{prefix}' fits {candidates.Count}: {shown}{(candidates.Count > MaxShown ? ", …" : "")}; give one more character");
    }

    /// <summary>The group that is meant.</summary>
    /// <exception cref="CommandException">A run is meant, or nothing, or several things.</exception>
    public async Task<GroupRecord> GroupAsync(string prefix, CancellationToken cancellationToken)
    {
        var id = await AnyAsync(prefix, cancellationToken);
        if (id.IndexOf('-') is var dash and > 0)
            throw new CommandException(ExitCodes.NotFound, $"{id} is a run, and a group is wanted here: its group is {id[..dash]}");
        return (await ledger.GroupAsync(id, cancellationToken))!;
    }

    /// <summary>The runs that are meant: all of a group, or the one.</summary>
    public async Task<IReadOnlyList<RunWithMetrics>> RunsAsync(string prefix, CancellationToken cancellationToken)
    {
        var id = await AnyAsync(prefix, cancellationToken);
        var runs = await ledger.RunsOfAsync(GroupOf(id), cancellationToken);
        return id.Contains('-') ? [.. runs.Where(run => run.Run.Id == id)] : runs;
    }

    /// <summary>The one run that is meant; a group of one run will do.</summary>
    public async Task<RunWithMetrics> RunAsync(string prefix, CancellationToken cancellationToken)
    {
        var runs = await RunsAsync(prefix, cancellationToken);
        if (runs.Count == 1) return runs[0];
        throw new CommandException(
            ExitCodes.NotFound, $"{runs[0].Run.Group} is a group of {runs.Count} runs, and one run is wanted here: {runs[0].Run.Id} to {runs[^1].Run.Id}");
    }

    /// <summary>The group that a group's or a run's name begins with.</summary>
    public static string GroupOf(string id) => id.IndexOf('-') is var dash and > 0 ? id[..dash] : id;
}
