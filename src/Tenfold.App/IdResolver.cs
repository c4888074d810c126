using Tenfold.Core.Input;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.App;

/// <summary>Finds the study, group or run that an id, or a unique prefix of one, names.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="studies">The ledger's studies.</param>
public sealed class IdResolver(ILedger ledger, IStudyLedger studies)
{
    private const int MaxShown = 8;
    private const int MaxFound = 1000;

    /// <summary>Finds a study, group or run.</summary>
    /// <returns>The id; or NotFound when no id begins with the prefix, or several do.</returns>
    public async Task<Outcome<string>> ResolveAsync(string prefix, CancellationToken cancellationToken)
    {
        var wanted = prefix.Trim().ToLowerInvariant();
        if (wanted.Length == 0) return Refusal.NotFound("an id is needed; `tenfold runs` lists them");
        var found = await ledger.FindNamesAsync(wanted, MaxFound, cancellationToken);
        if (found.Count == 0)
            return Refusal.NotFound(
                $"no study, group or run begins with '{Excerpt.Bare(prefix)}'; `tenfold runs` and `tenfold study list` list them");
        if (found[0] == wanted) return wanted;
        // The ids of a group's runs begin with the group's id, and a study's groups with the study's. That makes no prefix ambiguous.
        var candidates = found.Where(id => !IsBelow(id, wanted)).ToList();
        if (candidates.Count == 1) return candidates[0];
        var shown = string.Join(", ", candidates.Take(MaxShown));
        return Refusal.NotFound(
            $"'{prefix}' matches {candidates.Count}{(found.Count == MaxFound ? " or more" : "")} ids: " +
            $"{shown}{(candidates.Count > MaxShown ? ", …" : "")}; add a character");
    }

    /// <summary>Finds a group or a run.</summary>
    /// <returns>The id; or NotFound when the prefix matches a study, nothing, or several things.</returns>
    public async Task<Outcome<string>> ResolveGroupOrRunAsync(string prefix, CancellationToken cancellationToken) =>
        await RefuseStudyAsync(prefix, "a group or a run", cancellationToken);

    /// <summary>Finds a study.</summary>
    /// <returns>The study; or NotFound when the prefix matches a group or run, nothing, or several things.</returns>
    public async Task<Outcome<StudyRecord>> ResolveStudyAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await ResolveAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        if (await studies.FindStudyAsync(id, cancellationToken) is { } study) return study;
        var hint = RunNames.StudyOf(id) is { } parent ? $"; its study is {parent}" : "";
        return Refusal.NotFound($"{id} is a {(RunNames.IsOfRun(id) ? "run" : "group")}, not a study{hint}");
    }

    /// <summary>Finds a group.</summary>
    /// <returns>The group; or NotFound when the prefix matches a study, a run, nothing, or several things.</returns>
    public async Task<Outcome<GroupRecord>> ResolveGroupAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await RefuseStudyAsync(prefix, "a group", cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        if (RunNames.IsOfRun(id)) return Refusal.NotFound($"{id} is a run, not a group; its group is {RunNames.GroupOf(id)}");
        return await ledger.FindGroupAsync(id, cancellationToken) is { } group ? group : Refusal.NotFound($"the ledger has no group {id}");
    }

    /// <summary>Finds runs: all runs of a study's trials and confirmations, all runs of a group, or one run.</summary>
    /// <returns>The runs; or NotFound when the prefix matches nothing, or several things.</returns>
    public async Task<Outcome<IReadOnlyList<RunRecord>>> ResolveRunsAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await ResolveAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        return Outcome.Of(await ListRunsAsync(id, cancellationToken));
    }

    /// <summary>The runs of a study, a group or a run whose full id is known.</summary>
    public async Task<IReadOnlyList<RunRecord>> ListRunsAsync(string id, CancellationToken cancellationToken)
    {
        if (await IsStudyAsync(id, cancellationToken)) return await studies.ListStudyRunsAsync(id, cancellationToken);
        var runs = (await ledger.ListRunsAsync(RunNames.GroupOf(id), cancellationToken)).Select(run => run.Run);
        return [.. RunNames.IsOfRun(id) ? runs.Where(run => run.Id == id) : runs];
    }

    /// <summary>Finds one run. The id of a group with a single run names that run.</summary>
    /// <returns>The run; or NotFound when the prefix matches a study, several runs, or nothing.</returns>
    public async Task<Outcome<RunRecord>> ResolveRunAsync(string prefix, CancellationToken cancellationToken)
    {
        if (!(await RefuseStudyAsync(prefix, "a run", cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        var runs = await ListRunsAsync(id, cancellationToken);
        if (runs.Count == 1) return runs[0];
        if (runs.Count == 0) return Refusal.NotFound($"the group {id} has no runs");
        return Refusal.NotFound(
            $"{runs[0].Group} is a group of {runs.Count} runs; name one of them, {runs[0].Id} to {runs[^1].Id}");
    }

    private static bool IsBelow(string id, string wanted) =>
        (RunNames.IsOfRun(id) && RunNames.GroupOf(id).StartsWith(wanted, StringComparison.Ordinal))
        || RunNames.StudyOf(id)?.StartsWith(wanted, StringComparison.Ordinal) == true;

    private async Task<Outcome<string>> RefuseStudyAsync(string prefix, string wanted, CancellationToken cancellationToken)
    {
        if (!(await ResolveAsync(prefix, cancellationToken)).Succeeded(out var id, out var refusal)) return refusal;
        if (!await IsStudyAsync(id, cancellationToken)) return id;
        return Refusal.NotFound(
            $"{id} is a study, not {wanted}; `tenfold show {id}` lists its trials: {RunNames.Trial(id, 1)}, …");
    }

    private async Task<bool> IsStudyAsync(string id, CancellationToken cancellationToken) =>
        !id.Contains('-') && await studies.FindStudyAsync(id, cancellationToken) is not null;
}
