using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes.Answers;

/// <summary>What a host shows beside a commit.</summary>
/// <param name="Context">
/// Which check it is: <c>tenfold</c> for a pull request, <c>tenfold (push)</c> for a branch, <c>tenfold (schedule)</c> for a schedule; then
/// the project's folder. A commit may be in several, and a check with the name of another replaces it. So a push that trains nothing has a
/// check of its own, <c>tenfold (unchanged)</c>: the same commit may have a verdict from another branch.
/// </param>
/// <param name="Outcome">How it ended; null while it runs, or waits for a person.</param>
/// <param name="Description">What it says, at most 140 characters.</param>
internal sealed record CommitCheck(string Context, PushOutcome? Outcome, string Description)
{
    // GitHub answers 422 to more.
    private const int MaxDescription = 140;

    /// <summary>True when nothing runs until a person does something.</summary>
    public bool WaitsForPerson { get; init; }

    /// <summary>The commit with which this one is compared; null for none.</summary>
    public string? BaselineCommit { get; init; }

    /// <summary>The checks that a push should have now.</summary>
    public static IReadOnlyList<CommitCheck> Of(PushRecord push) => push switch
    {
        { State: PushState.Waiting or PushState.Superseded } => [],
        { State: PushState.Failed } => [new CommitCheck(NameOf(push), PushOutcome.Error, Cut(push.Detail))],
        { Projects.Count: 0, Ref.IsPullRequest: false, IsWatched: false } => [],
        // A success would let through what nobody has trained, where the check is required.
        { IsIgnoredFork: true } => [new CommitCheck(NameOf(push), null, Cut($"not trained: {push.Detail}")) { WaitsForPerson = true }],
        { Projects.Count: 0 } => [new CommitCheck(
            push.Ref.IsPullRequest ? NameOf(push) : "tenfold (unchanged)", PushOutcome.Success, Cut($"nothing to train: {push.Detail}"))],
        _ => [.. push.Projects.Select(project => new CommitCheck(
            project.Folder.Length == 0 ? NameOf(push) : $"{NameOf(push)}/{project.Folder}", project.Outcome,
            Cut((project.Outcome is null ? $"the runs of {project.Group ?? project.Study} are not over" : project.Detail)
                + (project.Notice is { } notice ? $" ({notice})" : "")))
        {
            BaselineCommit = project.BaselineCommit,
        })],
    };

    private static string NameOf(PushRecord push) =>
        push.Ref.IsPullRequest ? "tenfold" : push.Ref.Schedule is null ? "tenfold (push)" : "tenfold (schedule)";

    private static string Cut(string? text)
    {
        var line = (text ?? "").ReplaceLineEndings(" ");
        return line.Length <= MaxDescription ? line : $"{line[..(MaxDescription - 1)]}…";
    }
}
