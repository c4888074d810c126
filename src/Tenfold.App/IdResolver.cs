using Tenfold.Core.Input;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.App;

/// <summary>Finds what a user means by a name or the beginning of one.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="studies">Its studies.</param>
public sealed class IdResolver(ILedger ledger, IStudyLedger studies)
{
    private const int MaxShown = 8;
    private const int MaxFound = 1000;

    /// <summary>The study, group or run that is meant.</summary>
    /// <exception cref="CommandException">Nothing begins so, or several things do.</exception>
    public async Task<string> AnyAsync(string prefix, CancellationToken cancellationToken)
    {
        var wanted = prefix.Trim().ToLowerInvariant();
        if (wanted.Length == 0) throw new CommandException(ExitCodes.NotFound, "an id is needed; `tenfold runs` lists them");
        var found = await ledger.FindAsync(wanted, MaxFound, cancellationToken);
        if (found.Count == 0)
            throw new CommandException(ExitCodes.NotFound, $"no study, group or run begins with '{Excerpt.Bare(prefix)}'; `tenfold runs` and `tenfold study list` list them");
        if (found[0] == wanted) return wanted;
        // A group's runs begin with its name, and so do a study's groups: they don't make it ambiguous.
        var candidates = found.Where(id => !IsBelow(id, wanted)).ToList();
        if (candidates.Count == 1) return candidates[0];
        var shown = string.Join(", ", candidates.Take(MaxShown));
        throw new CommandException(
            ExitCodes.NotFound,
            $"'{prefix}' fits {candidates.Count}{(found.Count == MaxFound ? " or more" : "")}: {shown}{(candidates.Count > MaxShown ? ", …" : "")}; give one more character");
    }

    /// <summary>The group or run that is meant.</summary>
    /// <exception cref="CommandException">A study is meant, or nothing, or several things.</exception>
    public async Task<string> GroupOrRunAsync(string prefix, CancellationToken cancellationToken) => await NoStudyAsync(prefix, "a group or a run", cancellationToken);

    /// <summary>The study that is meant.</summary>
    /// <exception cref="CommandException">Something else is meant, or nothing, or several things.</exception>
    public async Task<StudyRecord> StudyAsync(string prefix, CancellationToken cancellationToken)
    {
        var id = await AnyAsync(prefix, cancellationToken);
        if (await studies.StudyAsync(id, cancellationToken) is { } study) return study;
        throw new CommandException(
            ExitCodes.NotFound, $"{id} is a {(RunNames.IsOfRun(id) ? "run" : "group")}, and a study is wanted here{(RunNames.StudyOf(id) is { } its ? $": its study is {its}" : "")}");
    }

    /// <summary>The group that is meant.</summary>
    /// <exception cref="CommandException">A study or a run is meant, or nothing, or several things.</exception>
    public async Task<GroupRecord> GroupAsync(string prefix, CancellationToken cancellationToken)
    {
        var id = await NoStudyAsync(prefix, "a group", cancellationToken);
        if (RunNames.IsOfRun(id))
            throw new CommandException(ExitCodes.NotFound, $"{id} is a run, and a group is wanted here: its group is {RunNames.GroupOf(id)}");
        return (await ledger.GroupAsync(id, cancellationToken))!;
    }

    /// <summary>The runs that are meant: all of a study's trials and confirmations, all of a group, or the one.</summary>
    public async Task<IReadOnlyList<RunRecord>> RunsAsync(string prefix, CancellationToken cancellationToken)
    {
        var id = await AnyAsync(prefix, cancellationToken);
        return await IsStudyAsync(id, cancellationToken) ? await studies.RunsOfStudyAsync(id, cancellationToken) : await RunsOfAsync(id, cancellationToken);
    }

    /// <summary>The one run that is meant; a group of one run will do.</summary>
    public async Task<RunRecord> RunAsync(string prefix, CancellationToken cancellationToken)
    {
        var runs = await RunsOfAsync(await NoStudyAsync(prefix, "one run", cancellationToken), cancellationToken);
        if (runs.Count == 1) return runs[0];
        throw new CommandException(
            ExitCodes.NotFound, $"{runs[0].Group} is a group of {runs.Count} runs, and one run is wanted here: {runs[0].Id} to {runs[^1].Id}");
    }

    private static bool IsBelow(string id, string wanted) =>
        (RunNames.IsOfRun(id) && RunNames.GroupOf(id).StartsWith(wanted, StringComparison.Ordinal))
        || RunNames.StudyOf(id)?.StartsWith(wanted, StringComparison.Ordinal) == true;

    private async Task<IReadOnlyList<RunRecord>> RunsOfAsync(string id, CancellationToken cancellationToken)
    {
        var runs = (await ledger.RunsOfAsync(RunNames.GroupOf(id), cancellationToken)).Select(run => run.Run);
        return [.. RunNames.IsOfRun(id) ? runs.Where(run => run.Id == id) : runs];
    }

    private async Task<string> NoStudyAsync(string prefix, string wanted, CancellationToken cancellationToken)
    {
        var id = await AnyAsync(prefix, cancellationToken);
        if (!await IsStudyAsync(id, cancellationToken)) return id;
        throw new CommandException(
            ExitCodes.NotFound, $"{id} is a study, and {wanted} is wanted here; `tenfold show {id}` lists its trials: {RunNames.Trial(id, 1)}, …");
    }

    private async Task<bool> IsStudyAsync(string id, CancellationToken cancellationToken) =>
        !id.Contains('-') && await studies.StudyAsync(id, cancellationToken) is not null;
}
