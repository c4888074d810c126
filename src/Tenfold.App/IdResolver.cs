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
    /// <returns>Its id; or NotFound, when no id begins with the prefix, or several do.</returns>
    public async Task<Outcome<string>> AnyAsync(string prefix, CancellationToken cancellationToken)
    {
        var wanted = prefix.Trim().ToLowerInvariant();
        if (wanted.Length == 0) return Refusal.NotFound("an id is needed; `tenfold runs` lists them");
        var found = await ledger.FindAsync(wanted, MaxFound, cancellationToken);
        if (found.Count == 0)
            return Refusal.NotFound(
                $"no study, group or run begins with '{Excerpt.Bare(prefix)}'; `tenfold runs` and `tenfold study list` list them");
        if (found[0] == wanted) return wanted;
        // A group's runs begin with its name, and so do a study's groups: they don't make it ambiguous.
        var candidates = found.Where(id => !IsBelow(id, wanted)).ToList();
        if (candidates.Count == 1) return candidates[0];
        var shown = string.Join(", ", candidates.Take(MaxShown));
        return Refusal.NotFound(
            $"'{prefix}' fits {candidates.Count}{(found.Count == MaxFound ? " or more" : "")}: " +
            $"{shown}{(candidates.Count > MaxShown ? ", …" : "")}; give one more character");
    }

    /// <summary>The group or run that is meant.</summary>
    /// <returns>Its id; or NotFound, when the prefix means a study, nothing, or several things.</returns>
    public async Task<Outcome<string>> GroupOrRunAsync(string prefix, CancellationToken cancellationToken) =>
        await NoStudyAsync(prefix, "a group or a run", cancellationToken);

    /// <summary>The study that is meant.</summary>
    /// <returns>The study; or NotFound, when the prefix means something else, nothing, or several things.</returns>
    public async Task<Outcome<StudyRecord>> StudyAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await AnyAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        if (await studies.StudyAsync(id, cancellationToken) is { } study) return study;
        var hint = RunNames.StudyOf(id) is { } parent ? $": its study is {parent}" : "";
        return Refusal.NotFound($"{id} is a {(RunNames.IsOfRun(id) ? "run" : "group")}, and a study is wanted here{hint}");
    }

    /// <summary>The group that is meant.</summary>
    /// <returns>The group; or NotFound, when the prefix means a study, a run, nothing, or several things.</returns>
    public async Task<Outcome<GroupRecord>> GroupAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await NoStudyAsync(prefix, "a group", cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        if (RunNames.IsOfRun(id))
            return Refusal.NotFound($"{id} is a run, and a group is wanted here: its group is {RunNames.GroupOf(id)}");
        return (await ledger.GroupAsync(id, cancellationToken))!;
    }

    /// <summary>The runs that are meant: all of a study's trials and confirmations, all of a group, or one.</summary>
    /// <returns>The runs; or NotFound, when the prefix means nothing, or several things.</returns>
    public async Task<Outcome<IReadOnlyList<RunRecord>>> RunsAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await AnyAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        return Outcome.Of(await RunsOfAsync(id, cancellationToken));
    }

    /// <summary>The runs of a study, a group or a run whose full id is known.</summary>
    public async Task<IReadOnlyList<RunRecord>> RunsOfAsync(string id, CancellationToken cancellationToken)
    {
        if (await IsStudyAsync(id, cancellationToken)) return await studies.RunsOfStudyAsync(id, cancellationToken);
        var runs = (await ledger.RunsOfAsync(RunNames.GroupOf(id), cancellationToken)).Select(run => run.Run);
        return [.. RunNames.IsOfRun(id) ? runs.Where(run => run.Id == id) : runs];
    }

    /// <summary>The one run that is meant; a group that has only one run will do.</summary>
    /// <returns>The run; or NotFound, when the prefix means a study, several runs, or nothing.</returns>
    public async Task<Outcome<RunRecord>> RunAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await NoStudyAsync(prefix, "one run", cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        var runs = await RunsOfAsync(id, cancellationToken);
        if (runs.Count == 1) return runs[0];
        return Refusal.NotFound(
            $"{runs[0].Group} is a group of {runs.Count} runs, and one run is wanted here: {runs[0].Id} to {runs[^1].Id}");
    }

    private static bool IsBelow(string id, string wanted) =>
        (RunNames.IsOfRun(id) && RunNames.GroupOf(id).StartsWith(wanted, StringComparison.Ordinal))
        || RunNames.StudyOf(id)?.StartsWith(wanted, StringComparison.Ordinal) == true;

    private async Task<Outcome<string>> NoStudyAsync(string prefix, string wanted, CancellationToken cancellationToken)
    {
        if (!(await AnyAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        if (!await IsStudyAsync(id, cancellationToken)) return id;
        return Refusal.NotFound(
            $"{id} is a study, and {wanted} is wanted here; `tenfold show {id}` lists its trials: {RunNames.Trial(id, 1)}, …");
    }

    private async Task<bool> IsStudyAsync(string id, CancellationToken cancellationToken) =>
        !id.Contains('-') && await studies.StudyAsync(id, cancellationToken) is not null;
}
