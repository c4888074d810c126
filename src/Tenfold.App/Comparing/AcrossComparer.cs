using Tenfold.App.Fitting;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Across;
using Tenfold.Reports.Text;

namespace Tenfold.App.Comparing;

/// <summary>Compares candidates with a baseline on several data sets or tasks, with one verdict for each.</summary>
/// <param name="services">The services of this home.</param>
public sealed class AcrossComparer(Services services)
{
    /// <summary>The value of <c>--across</c> for data sets.</summary>
    public const string Data = "data";

    /// <summary>Compares.</summary>
    /// <param name="ids">Prefixes of the groups' ids: of each task two or more, its baseline before its candidates.</param>
    /// <param name="metric">The metric as the user wrote it; null for the one that the groups agree on.</param>
    /// <param name="across">What tells the tasks apart: <see cref="Data"/>, or the name of a parameter.</param>
    /// <param name="options">The level, the margin, and the statistic within each task.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The comparison; or a refusal: the tasks have not equally many groups, there is only one task, or the baselines differ in other
    /// parameters.
    /// </returns>
    public async Task<Outcome<GroupsAcrossTasks>> CompareAsync(
        IReadOnlyList<string> ids, string? metric, string across, ComparisonOptions options, CancellationToken cancellationToken)
    {
        if (!(await new GroupLoader(services).LoadAsync(ids, cancellationToken)).Succeeded(out var groups, out var refusal)) return refusal;
        if (!MetricChoice.TryChoose([.. groups.Select(group => group.Group)], metric, out var chosen, out refusal)) return refusal;
        if (chosen is null)
            return Refusal.BadInput($"{groups[0].Group.Id} names no metric to compare; name one, such as --metric accuracy:maximize");
        return Compare(groups, chosen, across, options);
    }

    /// <summary>Compares groups that are loaded already.</summary>
    /// <param name="groups">Of each task two or more groups, its baseline before its candidates.</param>
    /// <param name="chosen">The metric.</param>
    /// <param name="across">What tells the tasks apart: <see cref="Data"/>, or the name of a parameter.</param>
    /// <param name="options">The level, the margin, and the statistic within each task.</param>
    /// <returns>The comparison; or a refusal, see <see cref="CompareAsync"/>.</returns>
    public static Outcome<GroupsAcrossTasks> Compare(
        IReadOnlyList<GroupRuns> groups, MetricSpec chosen, string across, ComparisonOptions options)
    {
        if (GroupLoader.FaultOf(groups, options) is { } fault) return fault;
        if (groups.FirstOrDefault(group => TaskOf(group.Group, across) is null) is { } without)
        {
            return Refusal.BadInput(across == Data
                ? $"{without.Group.Id} has no data channel, so --across data can't tell its data set: compare across a parameter"
                : $"{without.Group.Id} has no parameter {across}: name one that every group has, or --across data");
        }

        var tasks = groups.GroupBy(group => TaskOf(group.Group, across)!).Select(task => task.ToArray()).ToArray();
        if (RefusalOf(tasks, across) is { } wrong) return wrong;
        var compared = tasks.Select(task => (Task: task, Of: GroupComparison.Of(task, chosen, options))).ToArray();
        var counted = compared.Where(task => task.Of.Comparisons.All(one => one.Difference is not null)).ToArray();
        if (counted.Length < 2)
            return Refusal.BadInput($"only {counted.Length} of {tasks.Length} tasks has values on all sides; two are needed");
        var per = Enumerable.Range(0, tasks[0].Length - 1).Select(arm => counted.Select(task => new TaskComparison(
            NameOf(task.Task[0].Group, across, groups[0].Group), task.Of.Baseline, task.Of.Candidates[arm].Measured,
            task.Of.Comparisons[arm])).ToArray()).ToArray();
        var results = AcrossTasks.Family([.. per.Select(arm => arm.Select(task => task.Comparison).ToArray())], chosen.Goal, options);
        string[] left =
        [
            .. compared.Except(counted).Select(task => NameOf(task.Task[0].Group, across, groups[0].Group)),
        ];
        GroupNote[] notes = [.. NotesOf(tasks, compared.Select(one => one.Of))];
        GroupsAcrossTasks[] candidates =
        [
            .. results.Select((result, arm) => new GroupsAcrossTasks(across, chosen, options, per[arm], left, result, notes)
            {
                Candidate = LabelOf(tasks[0], arm + 1),
            }),
        ];
        return candidates.Length == 1 ? candidates[0] : candidates[0] with
        {
            Friedman = FriedmanTest.Of([.. per[0].Select((task, i) => ValuesOf(task.Comparison, per.Select(arm => arm[i])))], chosen.Goal),
            Further = candidates[1..],
        };
    }

    // The baseline's value on a task, and each candidate's.
    private static double[] ValuesOf(Comparison first, IEnumerable<TaskComparison> arms)
    {
        var baseline = first.BaselineLocation!.Value;
        return [baseline, .. arms.Select(arm => baseline + arm.Comparison.Difference!.Value)];
    }

    private static string LabelOf(GroupRuns[] task, int arm)
    {
        var differing = ParameterText.Differing([task[0].Group.Spec.Parameters, task[arm].Group.Spec.Parameters]);
        return differing.Count == 0 ? $"candidate {arm}" : string.Join(", ", differing.Select(name =>
            $"{name}={ParameterText.Value(task[arm].Group.Spec.Parameters, name) ?? "none"}"));
    }

    // The arms must be the same on every task, or a "candidate" would mean something else on each.
    private static Refusal? RefusalOf(GroupRuns[][] tasks, string across)
    {
        if (Array.Find(tasks, task => task.Length < 2 || task.Length != tasks[0].Length) is { } odd)
        {
            return Refusal.BadInput(
                $"--across {across} needs two groups of each task or more, as many of each, its baseline first, and "
                + $"{odd[0].Group.Id} is one of {odd.Length} with the same {(across == Data ? "data" : across)}");
        }

        if (tasks.Length < 2) return Refusal.BadInput($"all groups have the same {across}: two tasks are needed, best six or more");
        foreach (var side in Enumerable.Range(0, tasks[0].Length))
        {
            var differing = ParameterText.Differing([.. tasks.Select(task => task[side].Group.Spec.Parameters)])
                .Where(name => name != across).ToArray();
            if (differing.Length == 0) continue;
            return Refusal.BadInput(
                $"the {(side == 0 ? "baselines" : "candidates")} of the tasks differ in {string.Join(", ", differing)}: name the baseline "
                + "before the candidate of each task, and use the same parameters on every task");
        }

        return null;
    }

    private static IEnumerable<GroupNote> NotesOf(GroupRuns[][] tasks, IEnumerable<GroupComparison> compared)
    {
        foreach (var note in compared.SelectMany(one => one.NotesOfGroups).Where(note => note.Note is not Note.DataDiffers))
            yield return note;
        foreach (var side in Enumerable.Range(0, tasks[0].Length))
        {
            var first = tasks[0][side].Group;
            foreach (var other in tasks.Skip(1).Select(task => task[side].Group).Where(other => other.Spec.Snapshot != first.Spec.Snapshot))
                yield return new(other.Id, new Note.CodeDiffers(first.Spec.Snapshot, other.Spec.Snapshot));
        }
    }

    private static string? TaskOf(GroupRecord group, string across)
    {
        if (across != Data) return ParameterText.Value(group.Spec.Parameters, across);
        return group.Spec.Data.Count == 0 ? null
            : string.Join(' ', group.Spec.Data.OrderBy(channel => channel.Key, StringComparer.Ordinal)
                .Select(channel => $"{channel.Key}={channel.Value.Hash}"));
    }

    private static string NameOf(GroupRecord group, string across, GroupRecord first)
    {
        if (across != Data) return ParameterText.Value(group.Spec.Parameters, across)!;
        var channels = group.Spec.Data.Where(channel => first.Id == group.Id
            || first.Spec.Data.GetValueOrDefault(channel.Key)?.Hash != channel.Value.Hash).DefaultIfEmpty(group.Spec.Data.First());
        return Path.GetFileName(channels.First().Value.Path.TrimEnd('/'));
    }
}
